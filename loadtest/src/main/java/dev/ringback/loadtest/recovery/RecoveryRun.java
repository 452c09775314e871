package dev.ringback.loadtest.recovery;

import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.crowd.CrowdFigures.Counter;
import dev.ringback.loadtest.crowd.Crowds;
import dev.ringback.loadtest.memory.JvmProcess;
import dev.ringback.loadtest.publish.Publisher;
import dev.ringback.loadtest.recovery.Recovery.Loss;
import dev.ringback.loadtest.recovery.Recovery.Moment;
import dev.ringback.loadtest.scenario.JobNames;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Scenario.Comeback;
import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.scenario.Settings;
import dev.ringback.loadtest.server.LoadedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One case: everyone waits, each for a job of its own, loses the connection at the same moment, comes back, and hears the end. */
final class RecoveryRun implements AutoCloseable {
    private static final Duration SAMPLE_TIME = Duration.ofMillis(100);
    private static final Duration COMING_TIME = Duration.ofMinutes(2);
    private static final int ENDS_PER_SECOND = 2_000;

    private final Plan plan;
    private final Starter starter;
    private final Scenario scenario;
    private final String run;
    private final List<Moment> moments = new ArrayList<>();
    private LoadedServer server;
    private double readySeconds;

    /**
     * What is to happen.
     *
     * @param settings of the server, for the report
     * @param patience how long the last of them may take to come back
     */
    record Plan(
            ServerChoice target,
            Loss loss,
            Comeback comeback,
            int clients,
            int processes,
            List<String> settings,
            Duration patience) {}

    /** Starts the gateway, and starts it again on the same port. */
    @FunctionalInterface
    interface Starter {
        LoadedServer start() throws IOException, InterruptedException;
    }

    RecoveryRun(Plan plan, Starter starter) throws IOException, InterruptedException {
        this.plan = plan;
        this.starter = starter;
        run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        Settings settings = Settings.defaults();
        settings.override(List.of(
                "target=" + spelled(plan.target),
                "shape=idle",
                "rate=0",
                "connections=" + plan.clients,
                "transports=websocket:1,sse:1",
                "processes=" + plan.processes,
                "comeback=" + spelled(plan.comeback)));
        scenario = Scenario.of("recovery", settings);
        server = starter.start();
    }

    private static String spelled(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Recovery run() throws IOException, InterruptedException {
        JobNames names = JobNames.of(run, scenario.load());
        try (Publisher publisher = new Publisher(scenario, server.target(), names)) {
            publisher.makeJobs();
        }
        try (Crowds crowds = Crowds.of(scenario, server.target().toString(), run)) {
            crowds.open();
            awaitAll(crowds);
            long lostNanos = System.nanoTime();
            try (MemoryWatch watch = new MemoryWatch(server, lostNanos)) {
                lose(crowds, watch, lostNanos);
                JvmProcess.of(server.pid()).collectGarbage();
                long heap = (long) server.metric("ringback_heap_used_bytes");
                long lost = endAll(names, crowds);
                return new Recovery(
                        plan.loss,
                        plan.comeback,
                        plan.settings,
                        plan.clients,
                        moments,
                        watch.memories(),
                        readySeconds,
                        heap,
                        lost,
                        crowds.complaints());
            }
        }
    }

    private void awaitAll(Crowds crowds) throws IOException, InterruptedException {
        boolean all = eachSample(COMING_TIME, () -> {
            crowds.read();
            return crowds.count(Counter.WAITING) >= plan.clients;
        });
        if (!all) {
            throw new IOException("of " + plan.clients + " clients " + crowds.count(Counter.WAITING) + " came to wait; "
                    + crowds.complaints());
        }
    }

    /** Asking the crowd costs it something, so that it is not asked all the time. */
    private static boolean eachSample(Duration atMost, Poll.Condition condition)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > atMost.toNanos()) {
                return false;
            }
            Poll.pass(SAMPLE_TIME);
        }
        return true;
    }

    private void lose(Crowds crowds, MemoryWatch watch, long lostNanos) throws IOException, InterruptedException {
        CompletableFuture<LoadedServer> restarted = CompletableFuture.completedFuture(server);
        if (plan.loss == Loss.KILL) {
            server.kill();
            restarted = background(starter);
        } else {
            crowds.storm();
        }
        boolean[] known = {plan.loss != Loss.KILL};
        long start = System.nanoTime();
        boolean whole = false;
        while (!whole && System.nanoTime() - start < plan.patience.toNanos()) {
            Poll.pass(SAMPLE_TIME);
            if (!known[0] && restarted.isDone()) {
                known[0] = true;
                server = join(restarted);
                readySeconds = (System.nanoTime() - lostNanos) / 1e9;
                watch.goOnWith(server);
            }
            whole = sample(crowds, lostNanos) && known[0];
        }
        server = join(restarted);
    }

    /** Returns whether everyone is back. */
    private boolean sample(Crowds crowds, long lostNanos) throws IOException {
        crowds.read();
        double seconds = (System.nanoTime() - lostNanos) / 1e9;
        moments.add(new Moment(seconds, crowds.count(Counter.OPEN), crowds.count(Counter.WAITING)));
        return crowds.count(Counter.RECONNECTS) >= plan.clients && crowds.count(Counter.WAITING) >= plan.clients;
    }

    private static CompletableFuture<LoadedServer> background(Starter starter) {
        CompletableFuture<LoadedServer> started = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        started.complete(starter.start());
                    } catch (IOException | InterruptedException | RuntimeException e) {
                        started.completeExceptionally(e);
                    }
                },
                "restart");
        thread.setDaemon(true);
        thread.start();
        return started;
    }

    private static LoadedServer join(CompletableFuture<LoadedServer> restarted) throws IOException {
        try {
            return restarted.join();
        } catch (CompletionException e) {
            throw new IOException("the gateway did not start again: " + e.getCause(), e);
        }
    }

    /** Returns how many ends were not heard. */
    private long endAll(JobNames names, Crowds crowds) throws IOException, InterruptedException {
        try (Publisher publisher = new Publisher(scenario, server.target(), names)) {
            publisher.endAll(ENDS_PER_SECOND);
            long[] accepted = publisher.accepted();
            boolean heard = eachSample(scenario.means().patience(), () -> crowds.outstanding(accepted) == 0);
            long refused = publisher.refusals().values().stream()
                    .mapToLong(Integer::longValue)
                    .sum();
            long missing = heard ? 0 : crowds.missing(accepted);
            crowds.read();
            return missing + refused + crowds.count(Counter.LOST);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
