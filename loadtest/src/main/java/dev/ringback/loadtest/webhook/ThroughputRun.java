package dev.ringback.loadtest.webhook;

import dev.ringback.loadtest.client.Crew;
import dev.ringback.loadtest.client.EventStamp;
import dev.ringback.loadtest.client.HttpConnection;
import dev.ringback.loadtest.client.LoadJobs;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.WireException;
import dev.ringback.loadtest.server.LineProcess;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ProcessFigures;
import dev.ringback.loadtest.server.RedisServer;
import dev.ringback.loadtest.server.SelfCommand;
import dev.ringback.loadtest.sweep.RedisFigures;
import dev.ringback.loadtest.webhook.ThroughputReport.Rate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * As many deliveries as one sender makes. All endpoints want every job, so that making and ending jobs is little beside delivering,
 * and there is always some number of deliveries that wait.
 */
final class ThroughputRun {
    /**
     * How much, and for how long.
     *
     * @param backlog deliveries that wait, about
     * @param eventBytes of each job's result
     * @param serverCpus of the gateway and the floor; empty for all
     */
    record Load(int endpoints, int backlog, int eventBytes, int warmupSeconds, int seconds, String serverCpus) {}

    private static final int THREADS = 8;
    private static final int MOST_JOBS = 9_999_999;
    private static final Duration ROOM = Duration.ofSeconds(30);
    /** As many as a gateway has under way to all endpoints, {@code webhook.in-flight}. */
    private static final int FLOOR_CONNECTIONS = 256;
    /** Of a delivery's body, beside the job's result. */
    private static final int ENVELOPE_BYTES = 330;

    private static final RedisFigures.Reading NO_REDIS = new RedisFigures.Reading(0, 0, 0, 0);

    private final RemoteSink sink;
    private final Load load;
    private volatile long delivered;

    ThroughputRun(RemoteSink sink, Load load) {
        this.sink = sink;
        this.load = load;
    }

    /** Everything that is looked at, at one moment. */
    private record Reading(
            long nanos,
            SinkFigures sink,
            double cpuSeconds,
            Map<String, Double> threads,
            double sinkCpuSeconds,
            double ownCpuSeconds,
            RedisFigures.Reading redis) {}

    Rate floor() throws IOException, InterruptedException {
        sink.begin(new SinkRun("floor", true, 0));
        String ports = String.join(
                ",", sink.ports().endpoints().stream().map(String::valueOf).toList());
        List<String> command = SelfCommand.with(
                "webhook-floor",
                "--ports",
                ports,
                "--connections",
                Integer.toString(FLOOR_CONNECTIONS),
                "--body-bytes",
                Integer.toString(ENVELOPE_BYTES + load.eventBytes()));
        try (LineProcess floor = LineProcess.start(command, load.serverCpus())) {
            floor.ask("begin");
            Poll.pass(Duration.ofSeconds(load.warmupSeconds()));
            Reading before = reading(floor.pid(), null);
            Poll.pass(Duration.ofSeconds(load.seconds()));
            return rate("floor", before, reading(floor.pid(), null));
        }
    }

    /** @param redis the gateway's store; null for memory */
    Rate gateway(@Nullable RedisServer redis, List<String> settings) throws IOException, InterruptedException {
        LoadJobs jobs = LoadJobs.fresh();
        sink.begin(new SinkRun(jobs.run(), true, 0));
        delivered = 0;
        try (LoadedServer server = WebhookGateway.start(redis, load.serverCpus(), settings)) {
            register(server);
            try (Crew crew = Crew.start(THREADS, server.target(), MOST_JOBS, (index, connection) -> {
                jobs.create(index, "{\"type\":\"load\"}", connection);
                awaitRoom(index);
                jobs.complete(index, EventStamp.value(System.nanoTime(), load.eventBytes()), connection);
            })) {
                pass(Duration.ofSeconds(load.warmupSeconds()), crew);
                return measured(server.pid(), redis, crew);
            }
        }
    }

    private Rate measured(long gateway, @Nullable RedisServer redis, Crew crew)
            throws IOException, InterruptedException {
        if (redis == null) {
            Reading before = reading(gateway, null);
            pass(Duration.ofSeconds(load.seconds()), crew);
            return rate("memory", before, reading(gateway, null));
        }
        try (RedisFigures figures = new RedisFigures(redis.address())) {
            Reading before = reading(gateway, figures);
            pass(Duration.ofSeconds(load.seconds()), crew);
            return rate("redis", before, reading(gateway, figures));
        }
    }

    private void register(LoadedServer server) throws IOException {
        try (HttpConnection connection = new HttpConnection(server.target())) {
            for (String url : sink.urls()) {
                HttpConnection.Answer answer = connection.request("POST", "/webhooks", "{\"url\":\"" + url + "\"}");
                if (answer.status() != 201) {
                    throw new WireException("POST /webhooks answered HTTP " + answer.status() + ": " + answer.body());
                }
            }
        }
    }

    /** Job after job may end, as long as few enough deliveries wait. */
    private void awaitRoom(int index) throws IOException, InterruptedException {
        long made = (index + 1L) * load.endpoints();
        if (!Poll.until(ROOM, () -> made - delivered <= load.backlog())) {
            throw new IOException("of " + made + " deliveries only " + delivered + " have come");
        }
    }

    /** Lets time pass, and looks at how many have come. */
    private void pass(Duration time, Crew crew) throws IOException, InterruptedException {
        boolean failed = Poll.until(time, () -> {
            delivered = sink.distinct();
            return crew.hasFailed();
        });
        if (failed) {
            crew.join();
        }
    }

    private Reading reading(long pid, @Nullable RedisFigures redis) throws IOException {
        return new Reading(
                System.nanoTime(),
                sink.read(),
                ProcessFigures.cpuSeconds(pid),
                ProcessFigures.cpuSecondsByThread(pid),
                sink.cpuSeconds(),
                ProcessFigures.cpuSeconds(ProcessHandle.current().pid()),
                redis == null ? NO_REDIS : redis.read());
    }

    private static Rate rate(String name, Reading before, Reading after) {
        double seconds = (after.nanos - before.nanos) / 1e9;
        // The floor sends the same again and again.
        boolean floor = name.equals("floor");
        long deliveries = floor
                ? after.sink.received() + after.sink.foreign() - before.sink.received() - before.sink.foreign()
                : after.sink.distinct() - before.sink.distinct();
        Map<String, Double> threads = new TreeMap<>();
        after.threads.forEach(
                (thread, cpu) -> threads.put(thread, 100 * (cpu - before.threads.getOrDefault(thread, 0.0)) / seconds));
        return new Rate(
                name,
                deliveries / seconds,
                1e6 * (after.cpuSeconds - before.cpuSeconds) / Math.max(1, deliveries),
                100 * (after.cpuSeconds - before.cpuSeconds) / seconds,
                threads,
                100 * (after.sinkCpuSeconds - before.sinkCpuSeconds) / seconds,
                100 * (after.ownCpuSeconds - before.ownCpuSeconds) / seconds,
                100 * (after.redis.cpuSeconds() - before.redis.cpuSeconds()) / seconds,
                (double) (after.redis.scripts() - before.redis.scripts()) / Math.max(1, deliveries),
                (double) (after.redis.commands() - before.redis.commands()) / Math.max(1, deliveries),
                (double) (after.sink.accepted() - before.sink.accepted()) / Math.max(1, deliveries),
                floor ? 0 : after.sink.repeats(),
                floor ? 0 : after.sink.foreign() + after.sink.unstamped());
    }
}
