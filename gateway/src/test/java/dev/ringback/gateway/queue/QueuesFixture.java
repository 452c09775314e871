package dev.ringback.gateway.queue;

import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Dead;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.queue.QueueStore.Taken;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** Empty queues for each test, and words to speak about them. */
abstract class QueuesFixture {
    static final String TYPE = "transcode";
    /** Of these, two are leased at most. */
    static final String TWO_AT_ONCE = "two-at-once";
    /** Of these, three can be had at once, and then two a second. */
    static final String ONE_IN_FIVE_SECONDS = "one-in-five-seconds";

    static final long LEASE_MILLIS = 600_000;

    QueuesUnderTest tested;

    /** Queues that hold nothing, with these settings, as {@code GatewayConfig.of} takes them, and with {@link #limits}. */
    abstract QueuesUnderTest newQueues(String... settings);

    /** The limits of types that stores under test are given. */
    static QueueLimits limits(String type) {
        return switch (type) {
            case TWO_AT_ONCE -> new QueueLimits(2, 0, 0);
            case ONE_IN_FIVE_SECONDS -> new QueueLimits(0, 0.2, 3);
            default -> QueueLimits.NONE;
        };
    }

    @BeforeEach
    void openQueues() {
        tested = newQueues();
    }

    @AfterEach
    void closeQueues() {
        tested.close();
    }

    /** Others in place of those with the defaults, as empty. */
    void open(String... settings) {
        tested.close();
        tested = newQueues(settings);
    }

    QueueStore store() {
        return tested.store();
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** For what goes by itself. */
    static void awaitThat(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(assertion);
    }

    void pass(long millis) {
        Duration time = Duration.ofMillis(millis);
        Assumptions.assumeTrue(time.compareTo(tested.longestPass()) <= 0, () -> "can't let " + time + " pass");
        tested.pass(time);
    }

    // ── adding ─────────────────────────────────────────────────────────────────────────────────────────────────

    static Entry entry(String id) {
        return entry(id, "alice");
    }

    static Entry entry(String id, @Nullable String owner) {
        return new Entry(JobId.of(id), TYPE, owner, 0, 0);
    }

    static Entry ofType(String type, String id) {
        return new Entry(JobId.of(id), type, "alice", 0, 0);
    }

    static Entry withPriority(String id, int priority) {
        return new Entry(JobId.of(id), TYPE, "alice", priority, 0);
    }

    Entry dueIn(long millis, String id) {
        return new Entry(JobId.of(id), TYPE, "alice", 0, tested.nowMillis() + millis);
    }

    Added add(Entry entry) {
        return get(store().add(entry));
    }

    /** Adds them one after the other, so that each is older than the next. */
    void addInTurn(Entry... entries) {
        for (Entry entry : entries) {
            add(entry);
            pass(3);
        }
    }

    // ── taking ─────────────────────────────────────────────────────────────────────────────────────────────────

    static Wish wish(int most) {
        return wish(TYPE, most);
    }

    static Wish wish(String type, int most) {
        return new Wish(type, most, "worker-1", null, LEASE_MILLIS);
    }

    static Wish wishOf(@Nullable String owner, int most) {
        return new Wish(TYPE, most, "worker-1", owner, LEASE_MILLIS);
    }

    Taken take(Wish wish) {
        return get(store().take(wish));
    }

    /** The ids of the jobs that so many are, in their order. */
    List<String> taken(int most) {
        return ids(take(wish(most)));
    }

    static List<String> ids(Taken taken) {
        return taken.leases().stream().map(lease -> lease.id().toString()).toList();
    }

    static List<String> ids(Collection<JobId> ids) {
        return ids.stream().map(JobId::toString).toList();
    }

    Lease takeOne() {
        return takeOne(LEASE_MILLIS);
    }

    Lease takeOne(long leaseMillis) {
        List<Lease> leases =
                take(new Wish(TYPE, 1, "worker-1", null, leaseMillis)).leases();
        if (leases.size() != 1) {
            throw new AssertionError("not one lease but " + leases);
        }
        return leases.get(0);
    }

    // ── after it ───────────────────────────────────────────────────────────────────────────────────────────────

    long renew(Lease lease) {
        return get(store().renew(TYPE, lease.id(), lease.leaseId(), LEASE_MILLIS));
    }

    void giveBack(Lease lease, long dueMillis, Return why) {
        get(store().giveBack(TYPE, lease.id(), lease.leaseId(), dueMillis, why));
    }

    void end(String id, Ending how) {
        get(store().end(TYPE, JobId.of(id), how));
    }

    /** The ids of the jobs whose leases are over now. */
    List<String> lost(int most) {
        return get(store().lost(TYPE, most)).stream()
                .map(lease -> lease.id().toString())
                .toList();
    }

    List<String> oldest(int most) {
        return ids(get(store().oldest(TYPE, 0, most)));
    }

    /** The ids of all dead letters that are listed, the latest first. */
    List<String> dead() {
        return get(store().dead(TYPE, 100_000, null)).stream()
                .map(Dead::id)
                .map(JobId::toString)
                .toList();
    }

    QueueFigures figures() {
        return get(store().figures(TYPE));
    }

    QueueFigures.Counts counts() {
        return figures().counts();
    }
}
