package dev.ringback.loadtest.run;

import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.crowd.CrowdFigures.Counter;
import dev.ringback.loadtest.crowd.Crowds;
import dev.ringback.loadtest.publish.Publisher;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.result.Sample;
import dev.ringback.loadtest.scenario.JobNames;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Scenario.Shape;
import dev.ringback.loadtest.server.LoadedServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One run against a server that is there: everyone comes to wait, events begin, warm up and are measured, troubles happen, every job
 * ends, and what is still under way gets its time.
 */
public final class LoadRun {
    private static final Duration SAMPLE_TIME = Duration.ofSeconds(1);
    private static final int LEAST_ENDS_PER_SECOND = 1_000;
    /** Where the ramp is as fast as can be. */
    private static final int LEAST_CONNECTS_PER_SECOND = 500;
    /** What one who waited longer to be let in than the ramp takes is allowed. */
    private static final Duration PARKING_TIME = Duration.ofSeconds(60);

    private final Scenario scenario;
    private final LoadedServer server;
    private final Watch watch;
    private final Calibration.Result calibration;

    /** A run that is a part of something larger: without calibration, and silent. */
    public LoadRun(Scenario scenario, LoadedServer server) {
        this(scenario, server, Watch.SILENT, new Calibration.Result(-1, -1));
    }

    /** @param calibration with a rate of -1 where there was none */
    LoadRun(Scenario scenario, LoadedServer server, Watch watch, Calibration.Result calibration) {
        this.scenario = scenario;
        this.server = server;
        this.watch = watch;
        this.calibration = calibration;
    }

    public LoadResult run() throws IOException, InterruptedException {
        String startedAt = Instant.now().toString();
        String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        JobNames names = JobNames.of(run, scenario.load());
        try (Publisher publisher = new Publisher(scenario, server.target(), names)) {
            publisher.makeJobs();
            try (Crowds crowds = Crowds.of(scenario, server.target().toString(), run)) {
                Sampler sampler = new Sampler(server, crowds, publisher);
                Findings findings = new Findings(scenario, server, calibration, startedAt);
                park(crowds, sampler, findings);
                move(publisher, crowds, sampler, findings);
                settle(publisher, crowds, sampler, findings);
                return findings.result(publisher, crowds, sampler);
            }
        }
    }

    private void park(Crowds crowds, Sampler sampler, Findings findings) throws IOException, InterruptedException {
        int wanted = scenario.load().connections();
        watch.phase("connecting", wanted);
        findings.comingBegins();
        crowds.open();
        int perSecond = scenario.load().rampPerSecond() == 0
                ? LEAST_CONNECTS_PER_SECOND
                : scenario.load().rampPerSecond();
        Duration limit = PARKING_TIME.plusSeconds(2L * wanted / perSecond);
        // A sample asks the server for its metrics, which costs it more than the connections of the same moment would.
        Every sampled = new Every(SAMPLE_TIME, () -> {
            watch.at(crowds.count(Counter.PARKED), sampler.take());
            return false;
        });
        boolean parked = Poll.until(limit, new Every(SAMPLE_TIME.dividedBy(10), () -> {
            crowds.read();
            return crowds.count(Counter.PARKED) >= wanted || sampled.holds();
        }));
        findings.allCame(crowds);
        watch.at(crowds.count(Counter.PARKED), sampler.take());
        if (!parked) {
            throw new IOException("of " + wanted + " connections " + crowds.count(Counter.PARKED) + " came to wait; "
                    + crowds.complaints());
        }
    }

    /** Asks a costly question now and then only. */
    private static final class Every implements Poll.Condition {
        private final long pauseNanos;
        private final Poll.Condition question;
        private long askedNanos;

        Every(Duration pause, Poll.Condition question) {
            this.pauseNanos = pause.toNanos();
            this.question = question;
            askedNanos = System.nanoTime() - pauseNanos;
        }

        @Override
        public boolean holds() throws IOException {
            if (System.nanoTime() - askedNanos < pauseNanos) {
                return false;
            }
            askedNanos = System.nanoTime();
            return question.holds();
        }
    }

    private void move(Publisher publisher, Crowds crowds, Sampler sampler, Findings findings)
            throws IOException, InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        boolean silent =
                scenario.load().shape() == Shape.IDLE || scenario.pace().rate() == 0;
        CompletableFuture<Void> events = silent
                ? CompletableFuture.completedFuture(null)
                : background(() -> publisher.move(scenario.pace().rate(), stop::get));
        try {
            watch.phase("warming up", scenario.pace().warmup().toSeconds());
            sampleFor(scenario.pace().warmup(), sampler, events);
            crowds.restart();
            publisher.lateness();
            findings.begin(publisher, crowds);
            crowds.churn();
            watch.phase("measuring", scenario.pace().duration().toSeconds());
            Duration stormAt = scenario.trouble().stormAt();
            if (!stormAt.isZero()) {
                sampleFor(stormAt, sampler, events);
                crowds.storm();
            }
            sampleFor(scenario.pace().duration().minus(stormAt), sampler, events);
            findings.end(publisher, crowds);
        } finally {
            stop.set(true);
            join(events);
        }
    }

    private void sampleFor(Duration time, Sampler sampler, CompletableFuture<Void> events)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long left = time.toNanos();
        while (left > 0 && !events.isCompletedExceptionally()) {
            Poll.until(Duration.ofNanos(Math.min(left, SAMPLE_TIME.toNanos())), () -> false);
            Sample sample = sampler.take();
            watch.at(Duration.ofNanos(System.nanoTime() - start).toSeconds(), sample);
            left = time.toNanos() - (System.nanoTime() - start);
        }
    }

    private interface Work {
        void perform() throws IOException;
    }

    private static CompletableFuture<Void> background(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        work.perform();
                        done.complete(null);
                    } catch (IOException | RuntimeException e) {
                        done.completeExceptionally(e);
                    }
                },
                "publisher");
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private static void join(CompletableFuture<Void> events) throws IOException {
        try {
            events.join();
        } catch (CompletionException e) {
            throw new IOException("publishing failed: " + e.getCause(), e);
        }
    }

    private void settle(Publisher publisher, Crowds crowds, Sampler sampler, Findings findings)
            throws IOException, InterruptedException {
        watch.phase("ending", 0);
        publisher.endAll(Math.max(LEAST_ENDS_PER_SECOND, scenario.pace().rate()));
        long[] accepted = publisher.accepted();
        boolean heard = Poll.until(
                scenario.means().patience(),
                new Every(SAMPLE_TIME.dividedBy(5), () -> crowds.outstanding(accepted) == 0));
        findings.neverHeard(heard ? 0 : crowds.missing(accepted));
        // A second event about a job that has ended would come within moments.
        Poll.until(SAMPLE_TIME.dividedBy(2), () -> false);
        watch.at(0, sampler.take());
    }
}
