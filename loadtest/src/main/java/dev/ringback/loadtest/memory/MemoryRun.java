package dev.ringback.loadtest.memory;

import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.crowd.CrowdFigures.Counter;
import dev.ringback.loadtest.crowd.Crowds;
import dev.ringback.loadtest.memory.MemoryReport.Round;
import dev.ringback.loadtest.publish.Publisher;
import dev.ringback.loadtest.scenario.JobNames;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.scenario.Settings;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ProcessFigures;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Takes the readings of one server, each once everyone really waits and the server has come to rest. */
final class MemoryRun {
    private static final String HEAP_USED = "ringback_heap_used_bytes";
    private static final String DIRECT_USED = "ringback_direct_used_bytes";
    /** Jobs that the gateway still keeps ready, although nobody waits for them any more. */
    private static final String TOPICS = "ringback_topics";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A server that spends less than a tick in this time rests; one that goes on spending is read all the same. */
    private static final Duration REST = Duration.ofMillis(500);

    private static final double REST_CPU_SECONDS = 0.011;
    private static final int MOST_RESTS = 20;

    private final ServerChoice target;
    private final LoadedServer server;
    private final Plan plan;

    /**
     * What is measured.
     *
     * @param run tells this run's jobs from those of others
     * @param loops of each process of the connecting side
     */
    record Plan(Transport transport, int from, int to, int loops, String run) {}

    MemoryRun(ServerChoice target, LoadedServer server, Plan plan) {
        this.target = target;
        this.server = server;
        this.plan = plan;
    }

    /** Lets as many as wait at first come and go, for a server whose code is cold: its compiler's memory is no connection's. */
    void warmUp(int times) throws IOException, InterruptedException {
        Scenario few = few();
        makeJobs(few, "few");
        for (int i = 0; i < times; i++) {
            try (Crowds crowd = crowd(few, "few")) {
                awaitWaiting(crowd, plan.from, plan.from);
            }
            awaitNobody();
        }
    }

    /** Measures with few connections and with many, and leaves none. */
    Round round() throws IOException, InterruptedException {
        Scenario few = few();
        Scenario more = scenario(plan.to - plan.from);
        makeJobs(few, "few");
        makeJobs(more, "more");
        awaitNobody();
        try (Crowds foot = crowd(few, "few")) {
            awaitWaiting(foot, plan.from, plan.from);
            Reading atFoot = read(plan.from);
            try (Crowds rest = crowd(more, "more")) {
                awaitWaiting(rest, plan.to - plan.from, plan.to);
                Reading atTop = read(plan.to);
                requireWaiting(foot, plan.from);
                requireWaiting(rest, plan.to - plan.from);
                return new Round(atFoot, atTop);
            }
        }
    }

    private Scenario few() throws IOException {
        return scenario(plan.from);
    }

    /** Those who come later share the processes' open files with those who are there. */
    private Scenario scenario(int connections) throws IOException {
        int processes = Crowds.processes(plan.to, ProcessFigures.fileLimit());
        Settings settings = Settings.defaults();
        settings.override(List.of(
                "target=" + target.name().toLowerCase(java.util.Locale.ROOT),
                "shape=idle",
                "rate=0",
                "connections=" + connections,
                "transports=" + plan.transport.spelling(),
                "ramp-per-second=0",
                "loops=" + plan.loops,
                "processes=" + processes));
        return Scenario.of("memory", settings);
    }

    private String run(String part) {
        return plan.run + part;
    }

    private void makeJobs(Scenario scenario, String part) throws IOException {
        JobNames names = JobNames.of(run(part), scenario.load());
        try (Publisher publisher = new Publisher(scenario, server.target(), names)) {
            publisher.makeJobs();
            if (!publisher.refusals().isEmpty()) {
                throw new IOException("jobs were refused: " + publisher.refusals());
            }
        }
    }

    private Crowds crowd(Scenario scenario, String part) throws IOException {
        Crowds crowd = Crowds.of(scenario, server.target().toString(), run(part));
        crowd.open();
        return crowd;
    }

    // ── what is waited for ─────────────────────────────────────────────────────────────────────────────────────

    private boolean isGateway() {
        return target == ServerChoice.RINGBACK;
    }

    private void awaitNobody() throws IOException, InterruptedException {
        String gauge = plan.transport.waitingGauge();
        if (isGateway() && !Poll.until(PATIENCE, () -> server.metric(gauge) == 0 && server.metric(TOPICS) == 0)) {
            throw new IOException("others wait at this gateway, or its admin port does not answer: " + gauge + " or "
                    + TOPICS + " does not come to 0");
        }
    }

    /** @param all who must wait, others than this crowd's included */
    private void awaitWaiting(Crowds crowd, int own, int all) throws IOException, InterruptedException {
        String gauge = plan.transport.waitingGauge();
        boolean waiting = Poll.until(PATIENCE, () -> {
            crowd.read();
            return crowd.count(Counter.PARKED) >= own && (!isGateway() || server.metric(gauge) == all);
        });
        requireWaiting(crowd, own);
        if (!waiting) {
            throw new IOException(gauge + " is " + (long) server.metric(gauge) + ", not " + all);
        }
    }

    private static void requireWaiting(Crowds crowd, int own) throws IOException {
        crowd.read();
        if (crowd.count(Counter.PARKED) != own || crowd.count(Counter.OPEN) != own) {
            throw new IOException("of " + own + " connections " + crowd.count(Counter.PARKED) + " came to wait and "
                    + crowd.count(Counter.OPEN) + " are open; " + crowd.complaints());
        }
    }

    private void awaitRest() throws IOException, InterruptedException {
        double before = -1;
        double now = server.cpuSeconds();
        for (int i = 0; i < MOST_RESTS && now - before > REST_CPU_SECONDS; i++) {
            before = now;
            Poll.until(REST, () -> false);
            now = server.cpuSeconds();
        }
    }

    private Reading read(int connections) throws IOException, InterruptedException {
        awaitRest();
        long heapInfo = -1;
        if (target != ServerChoice.NCHAN) {
            JvmProcess process = JvmProcess.of(server.pid());
            process.collectGarbage();
            heapInfo = process.heapInfoBytes();
        }
        long heap = isGateway() ? (long) server.metric(HEAP_USED) : -1;
        Mappings mappings = Mappings.of(server.processes());
        long direct = isGateway() ? (long) server.metric(DIRECT_USED) : -1;
        return new Reading(connections, heap, heapInfo, mappings.rss(), mappings.pss(), direct, Mappings.socketBytes());
    }
}
