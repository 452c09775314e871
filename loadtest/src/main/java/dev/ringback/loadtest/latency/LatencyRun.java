package dev.ringback.loadtest.latency;

import dev.ringback.loadtest.client.Crew;
import dev.ringback.loadtest.client.HttpConnection;
import dev.ringback.loadtest.client.LoadJobs;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.WaiterListener;
import dev.ringback.loadtest.client.Waiters;
import dev.ringback.loadtest.latency.LatencyReport.Quantiles;
import dev.ringback.protocol.EventName;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * One run. Creators make jobs and park a waiter at each, a fixed number ahead of the events; publishers end the jobs on schedule,
 * each event making room for one more waiter.
 */
final class LatencyRun implements WaiterListener, AutoCloseable {
    /** How much load; at each moment {@code waiting} jobs have a waiter and have not ended. */
    record Load(int perSecond, int seconds, int warmupSeconds, int waiting, int publishers) {
        int warmupEvents() {
            return perSecond * warmupSeconds;
        }

        int events() {
            return perSecond * (warmupSeconds + seconds);
        }
    }

    private static final int CREATORS = 4;
    private static final Duration PARKING_TIME = Duration.ofSeconds(60);
    private static final Duration LEAD = Duration.ofMillis(250);
    /** How long an event may be under way after the last one was posted. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Load load;
    private final Waiters.Plan plan;
    private final Waiters waiters;
    private final LoadJobs jobs = LoadJobs.fresh();
    private final Deliveries deliveries;
    private final Semaphore ahead;
    private final AtomicIntegerArray parked;
    private final AtomicInteger parkedCount = new AtomicInteger();
    private final AtomicInteger notParked = new AtomicInteger();
    private final Map<String, Integer> endings = new ConcurrentSkipListMap<>();

    LatencyRun(Waiters.Plan plan, Load load) throws IOException {
        this.load = load;
        this.plan = plan;
        this.deliveries = new Deliveries(load.events());
        this.ahead = new Semaphore(load.waiting());
        this.parked = new AtomicIntegerArray(load.events());
        this.waiters = new Waiters(plan, this);
    }

    LatencyReport run() throws IOException, InterruptedException {
        try (Crew creators = Crew.start(CREATORS, plan.target(), load.events(), this::park)) {
            awaitParked(creators);
            System.err.printf(
                    "%,d waiters are parked; %d s of warm-up, %d s of measuring%n",
                    parkedCount.get(), load.warmupSeconds(), load.seconds());
            Schedule schedule = new Schedule(System.nanoTime() + LEAD.toNanos(), load.perSecond());
            Crew.Task post = (index, connection) -> post(index, schedule, connection);
            try (Crew publishers = Crew.start(load.publishers(), plan.target(), load.events(), post)) {
                publishers.join();
            }
            creators.join();
            Poll.until(PATIENCE, deliveries::areComplete);
            awaitAftermath();
            return report(schedule);
        }
    }

    private void park(int index, HttpConnection connection) throws IOException, InterruptedException {
        ahead.acquire();
        jobs.create(index, connection);
        waiters.open(index, jobs.id(index));
    }

    private void awaitParked(Crew creators) throws IOException, InterruptedException {
        int wanted = Math.min(load.waiting(), load.events());
        Poll.until(PARKING_TIME, () -> parkedCount.get() >= wanted || creators.hasFailed() || !endings.isEmpty());
        if (creators.hasFailed()) {
            creators.join();
        }
        if (parkedCount.get() < wanted) {
            throw new IOException(
                    "of " + wanted + " waiters " + parkedCount + " were parked; connections that ended: " + endings);
        }
    }

    private void post(int index, Schedule schedule, HttpConnection connection) throws InterruptedException {
        schedule.awaitDue(index);
        if (index >= load.warmupEvents() && parked.get(index) == 0) {
            notParked.incrementAndGet();
        }
        deliveries.posting(index, System.nanoTime());
        try {
            jobs.complete(index, connection);
        } catch (IOException e) {
            deliveries.notAccepted(index);
            endings.merge("post: " + e.getMessage(), 1, Integer::sum);
        }
        ahead.release();
    }

    /** A second event about a job that has ended would come within moments of the first. */
    private void awaitAftermath() throws IOException, InterruptedException {
        Poll.until(PATIENCE, () -> waiters.size() == 0);
    }

    private LatencyReport report(Schedule schedule) {
        int first = load.warmupEvents();
        return new LatencyReport(
                plan.transport().spelling(),
                load.perSecond(),
                load.seconds(),
                load.waiting(),
                deliveries.achievedRate(schedule, first),
                Quantiles.of(deliveries.dueToReceived(schedule, first)),
                Quantiles.of(deliveries.postedToReceived(first)),
                Quantiles.of(deliveries.dueToPosted(schedule, first)),
                deliveries.faults(),
                notParked.get(),
                Map.copyOf(endings));
    }

    // ── what the waiters say ───────────────────────────────────────────────────────────────────────────────────

    @Override
    public void parked(int index) {
        parked.set(index, 1);
        parkedCount.incrementAndGet();
    }

    @Override
    public void heard(int index, EventName event, long nanos) {
        deliveries.heard(index, event, nanos);
    }

    @Override
    public void ended(int index, String reason) {
        if (!deliveries.isReceived(index)) {
            endings.merge(reason, 1, Integer::sum);
        }
    }

    @Override
    public void close() {
        waiters.close();
    }
}
