package dev.ringback.loadtest.scenario;

import dev.ringback.loadtest.client.Transport;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What one run does, checked.
 *
 * @param load who waits for what
 * @param pace when events are made, and how
 * @param trouble what is done to the connections meanwhile
 * @param means what the side that measures may use
 */
public record Scenario(
        String name, Settings settings, ServerChoice target, Load load, Pace pace, Trouble trouble, Means means) {
    /** The kinds of servers. */
    public enum ServerChoice {
        RINGBACK,
        NCHAN,
        FLOOR
    }

    /** Who waits for what. */
    public enum Shape {
        /** One job, one waiter; each event ends its job, and the waiter goes on to the next. */
        ONE,
        /** Many waiters for each job, which makes progress and ends with the run. */
        FANOUT,
        /** A few jobs have many waiters and events, most have few. */
        ZIPF,
        /** One job, one waiter, and no events until the run's end. */
        IDLE
    }

    /** How events reach the server. */
    public enum PublisherKind {
        HTTP,
        REDIS_PUBLISH,
        REDIS_APPLY,
        /** What the apply script would publish, and nothing stored: the relay alone. */
        REDIS_RELAY
    }

    /** A switch that may leave the choice to the harness. */
    public enum Switch {
        AUTO,
        TRUE,
        FALSE
    }

    /** When a client comes back that has lost its connection. */
    public enum Comeback {
        /** When it was told to, else at a random moment, as good clients do. */
        TOLD,
        /** At once, and where nobody lets it in, at the same steps as everybody else. */
        AT_ONCE
    }

    public record Share(Transport transport, int weight) {}

    /** @param rampPerSecond 0 for as fast as the server takes them */
    public record Load(
            Shape shape,
            int connections,
            List<Share> shares,
            int rampPerSecond,
            int waitersPerJob,
            int jobs,
            double zipfExponent) {
        /** The transport of one connection: the weights in turn, so that each prefix has nearly the whole's mix. */
        public Transport transportOf(int connection) {
            int total = shares.stream().mapToInt(Share::weight).sum();
            int place = Math.floorMod(connection * (long) GOLDEN, total);
            for (Share share : shares) {
                place -= share.weight();
                if (place < 0) {
                    return share.transport();
                }
            }
            throw new IllegalStateException("no share for connection " + connection);
        }

        /** How many jobs there are at a time. */
        public int jobsAtATime() {
            return switch (shape) {
                case ONE, IDLE -> connections;
                case FANOUT -> Math.max(1, (connections + waitersPerJob - 1) / waitersPerJob);
                case ZIPF -> jobs;
            };
        }
    }

    /** @param burst so many events of one job are due at the same moment; {@code rate} counts events, not moments */
    public record Pace(
            int rate,
            int burst,
            int eventBytes,
            Duration warmup,
            Duration duration,
            PublisherKind publisher,
            int publisherConnections,
            String redis,
            Switch createJobs) {
        public boolean makesJobs(ServerChoice target) {
            boolean usual = target == ServerChoice.RINGBACK && publisher == PublisherKind.HTTP;
            usual |= publisher == PublisherKind.REDIS_RELAY;
            return createJobs == Switch.TRUE || createJobs == Switch.AUTO && usual;
        }
    }

    /** @param stormAt after so much of the measured time every connection is dropped; zero for never */
    public record Trouble(int churnPerSecond, Duration stormAt, Comeback comeback, int slowPercent) {}

    public record Means(
            Duration patience,
            Duration calibrate,
            int processes,
            int loops,
            String serverCpus,
            List<String> serverSettings) {}

    private static final int GOLDEN = 7919;
    private static final int MOST = 10_000_000;
    private static final int MOST_BURST = 1_000;
    private static final int LEAST_EVENT_BYTES = 25;
    private static final int MOST_EVENT_BYTES = 32 * 1024;

    /** Checks every value. */
    public static Scenario of(String name, Settings s) throws ScenarioException {
        Load load = new Load(
                s.choice(Key.SHAPE, Shape.class),
                s.number(Key.CONNECTIONS, 1, MOST),
                shares(s),
                s.number(Key.RAMP_PER_SECOND, 0, MOST),
                s.number(Key.WAITERS_PER_JOB, 1, MOST),
                s.number(Key.JOBS, 1, MOST),
                s.fraction(Key.ZIPF_EXPONENT, 0, 10));
        Pace pace = new Pace(
                s.number(Key.RATE, 0, MOST),
                s.number(Key.BURST, 1, MOST_BURST),
                s.number(Key.EVENT_BYTES, LEAST_EVENT_BYTES, MOST_EVENT_BYTES),
                s.duration(Key.WARMUP),
                s.duration(Key.DURATION),
                s.choice(Key.PUBLISHER, PublisherKind.class),
                s.number(Key.PUBLISHER_CONNECTIONS, 1, 1_000),
                s.text(Key.REDIS),
                s.choice(Key.CREATE_JOBS, Switch.class));
        Trouble trouble = new Trouble(
                s.number(Key.CHURN_PER_SECOND, 0, MOST),
                s.duration(Key.STORM_AT),
                s.choice(Key.COMEBACK, Comeback.class),
                s.number(Key.SLOW_PERCENT, 0, 100));
        Means means = new Means(
                s.duration(Key.PATIENCE),
                s.duration(Key.CALIBRATE),
                s.number(Key.PROCESSES, 0, 100),
                s.number(Key.LOOPS, 1, 256),
                s.text(Key.SERVER_CPUS),
                list(s.text(Key.SERVER_SETTINGS)));
        ServerChoice target = s.choice(Key.TARGET, ServerChoice.class);
        return new Scenario(name, s, target, load, pace, trouble, means).checked();
    }

    private Scenario checked() throws ScenarioException {
        if (pace.duration().isZero()) {
            throw settings.wrong(Key.DURATION, "more than nothing");
        }
        if (trouble.stormAt().compareTo(pace.duration()) >= 0) {
            throw settings.wrong(Key.STORM_AT, "less than duration");
        }
        if (pace.burst() > 1 && load.shape() == Shape.ONE) {
            throw settings.wrong(Key.BURST, "1 with shape one, whose events end their jobs");
        }
        if (target != ServerChoice.RINGBACK && pace.publisher() != PublisherKind.HTTP) {
            throw settings.wrong(Key.PUBLISHER, "http with any target but ringback");
        }
        return this;
    }

    private static List<Share> shares(Settings settings) throws ScenarioException {
        String allowed = "transports and weights, like websocket:3,sse:2,long-poll:1";
        List<Share> shares = new java.util.ArrayList<>();
        for (String part : list(settings.text(Key.TRANSPORTS))) {
            String[] halves = part.split(":", 2);
            String weight = halves.length == 1 ? "1" : halves[1].strip();
            try {
                shares.add(new Share(Transport.parse(halves[0].strip()), Integer.parseInt(weight)));
            } catch (IllegalArgumentException e) {
                throw settings.wrong(Key.TRANSPORTS, allowed);
            }
        }
        long total = shares.stream().mapToLong(Share::weight).sum();
        if (shares.stream().anyMatch(share -> share.weight() < 0) || total < 1 || total > 1_000) {
            throw settings.wrong(Key.TRANSPORTS, allowed);
        }
        return List.copyOf(shares);
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** The settings, as a result shows them. */
    public Map<String, String> shown() {
        return settings.asMap();
    }
}
