package dev.ringback.loadtest.run;

import dev.ringback.loadtest.client.HttpConnection;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.crowd.Crowd;
import dev.ringback.loadtest.crowd.CrowdFigures.Counter;
import dev.ringback.loadtest.crowd.LocalCrowd;
import dev.ringback.loadtest.scenario.JobNames;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Settings;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.SelfCommand;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Finds out how many deliveries a second this side takes: the floor bursts events at a crowd like the scenario's, as fast as it can.
 * The floor has the server's processors. Where it is the slower one of the two, this side could take still more.
 */
final class Calibration {
    private static final int CONNECTIONS = 1_000;
    private static final int BURST_EVENTS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String RUN = "calibration";

    /**
     * What was found.
     *
     * @param floorMicrosPerDelivery processor time of the floor
     */
    record Result(double ratePerSecond, double floorMicrosPerDelivery) {}

    private Calibration() {}

    static Result measure(Scenario scenario) throws IOException, InterruptedException {
        int connections = Math.min(CONNECTIONS, scenario.load().connections());
        Settings settings = Settings.of(scenario.shown());
        settings.override(List.of(
                "target=floor",
                "shape=fanout",
                "connections=" + connections,
                "waiters-per-job=" + connections,
                "slow-percent=0",
                "ramp-per-second=20000",
                "transports=" + streams(scenario)));
        Scenario own = Scenario.of(RUN, settings);
        List<String> floor = SelfCommand.with("floor", "--port", "0");
        try (LoadedServer server = LoadedServer.start(floor, scenario.means().serverCpus());
                Crowd crowd = new LocalCrowd(
                        new Crowd.Plan(own.shown(), server.target().toString(), RUN, 0, 1))) {
            crowd.open();
            if (!Poll.until(PATIENCE, () -> crowd.read().count(Counter.PARKED) >= connections)) {
                throw new IOException("the calibration's connections did not come to wait");
            }
            return burst(
                    server,
                    crowd,
                    JobNames.of(RUN, own.load()).id(0, 0),
                    scenario.means().calibrate());
        }
    }

    /** Long polls ask again after each event, and would measure that: they are left out where there is anything else. */
    private static String streams(Scenario scenario) {
        String mix = scenario.load().shares().stream()
                .filter(share ->
                        share.transport() != dev.ringback.loadtest.client.Transport.LONG_POLL && share.weight() > 0)
                .map(share -> share.transport().spelling() + ":" + share.weight())
                .reduce("", (a, b) -> a.isEmpty() ? b : a + "," + b);
        return mix.isEmpty() ? "websocket" : mix;
    }

    private static Result burst(LoadedServer server, Crowd crowd, String job, Duration time)
            throws IOException, InterruptedException {
        try (HttpConnection connection = new HttpConnection(server.target(), PATIENCE)) {
            // The first burst warms both sides up.
            Target target = server.target();
            bursts(connection, target, job, time.dividedBy(2));
            long before = crowd.read().count(Counter.DELIVERED);
            double cpuBefore = server.cpuSeconds();
            long start = System.nanoTime();
            bursts(connection, target, job, time);
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = server.cpuSeconds() - cpuBefore;
            long delivered = crowd.read().count(Counter.DELIVERED) - before;
            return new Result(delivered / seconds, delivered == 0 ? -1 : cpu * 1e6 / delivered);
        }
    }

    private static void bursts(HttpConnection connection, Target target, String job, Duration time) throws IOException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            HttpConnection.Answer answer = connection.request("POST", "/burst/" + job, Integer.toString(BURST_EVENTS));
            if (answer.status() != 200) {
                throw new IOException(target + " answered a burst with HTTP " + answer.status());
            }
        }
    }
}
