package dev.ringback.gateway.queue;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts right in the background what ends between two steps: leases that are over, jobs in a queue that have ended elsewhere, or whose
 * record was never written, and jobs that wait for one whose end nobody told of. One gateway of a fleet does it at a time. Each gateway
 * learns how the queues fare. Confined to its loop, except {@link #figures}.
 */
final class QueueKeeper extends LoopTicker.Deadline {
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Every so many beats the jobs that wait the longest are looked at, and how the queues fare. */
    private static final int SLOW_BEATS = 10;

    private static final int BATCH = 64;
    private static final int MOST_TYPES = 200;

    private final Loop loop;
    private final QueueStore queue;
    private final JobStore records;
    private final JobStore jobs;
    private final LeaseDesk desk;
    private final Dependencies dependencies;
    private final AbsentJobs absent;
    private int beats;
    private boolean busy;
    private boolean closed;
    private volatile Map<String, QueueFigures> figures = Map.of();
    private volatile long blocked;

    /**
     * Keeps these queues.
     *
     * @param jobs the store that has the queues follow
     */
    QueueKeeper(Queues.Parts parts, JobStore jobs, LeaseDesk desk, Dependencies dependencies, AbsentJobs absent) {
        this.loop = parts.loop();
        this.queue = parts.queue();
        this.records = parts.jobs();
        this.jobs = jobs;
        this.desk = desk;
        this.dependencies = dependencies;
        this.absent = absent;
    }

    void start() {
        assert loop.inLoop();
        loop.ticker().set(this, loop.nanoTime(), BEAT_NANOS);
    }

    void close() {
        assert loop.inLoop();
        closed = true;
        loop.ticker().clear(this);
    }

    /** How the queues fared a moment ago, by their types. Any thread. */
    Map<String, QueueFigures> figures() {
        return figures;
    }

    /** How many jobs wait for others. Any thread. */
    long blocked() {
        return blocked;
    }

    @Override
    protected void onDeadline() {
        loop.ticker().set(this, loop.nanoTime(), BEAT_NANOS);
        if (busy) {
            return;
        }
        busy = true;
        boolean slow = beats++ % SLOW_BEATS == 0;
        var unused = queue.types()
                .thenCompose(types -> beat(types, slow))
                .thenCompose(done -> dependencies.count())
                .whenCompleteAsync(
                        (count, failure) -> {
                            busy = false;
                            if (failure == null) {
                                blocked = count;
                            } else if (!closed) {
                                Queues.log("be kept", null, failure);
                            }
                        },
                        loop);
    }

    private CompletionStage<@Nullable Void> beat(List<String> types, boolean slow) {
        List<String> first = types.size() > MOST_TYPES ? types.subList(0, MOST_TYPES) : types;
        return (slow ? measure(first) : done())
                .thenCompose(measured -> queue.keeps())
                .thenCompose(keeps -> {
                    if (!keeps || closed) {
                        return done();
                    }
                    return forAll(types, type -> keep(type, slow)).thenCompose(done -> dependencies.checkDue(BATCH));
                });
    }

    private static CompletionStage<@Nullable Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private interface Work<T> {
        CompletionStage<@Nullable Void> on(T subject);
    }

    private static <T> CompletionStage<@Nullable Void> forAll(List<T> subjects, Work<T> work) {
        List<CompletableFuture<@Nullable Void>> all = new ArrayList<>();
        subjects.forEach(subject -> all.add(work.on(subject).toCompletableFuture()));
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    private CompletionStage<@Nullable Void> measure(List<String> types) {
        Map<String, CompletableFuture<QueueFigures>> asked = new HashMap<>();
        types.forEach(type -> asked.put(type, queue.figures(type).toCompletableFuture()));
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    Map<String, QueueFigures> found = new HashMap<>();
                    asked.forEach((type, one) -> found.put(type, one.join()));
                    figures = Map.copyOf(found);
                    return null;
                });
    }

    private CompletionStage<@Nullable Void> keep(String type, boolean slow) {
        return endLost(type).thenCompose(done -> slow ? endStale(type) : done());
    }

    /** As many as there are: a fleet of workers may have gone at once. */
    private CompletionStage<@Nullable Void> endLost(String type) {
        return queue.lost(type, BATCH)
                .thenCompose(lost -> forAll(lost, lease -> endLost(type, lease))
                        .thenCompose(done -> lost.size() == BATCH && !closed ? endLost(type) : done()));
    }

    private CompletionStage<@Nullable Void> endLost(String type, Lease lease) {
        return records.work(lease.id()).thenCompose(work -> {
            if (work == null) {
                absent.giveBackOrDrop(type, lease);
                return done();
            }
            absent.seen(lease.id());
            return switch (work.state()) {
                case QUEUED -> queue.giveBack(type, lease.id(), lease.leaseId(), work.dueMillis(), Return.UNTOUCHED);
                case PROCESSING -> endHeld(type, lease, work);
                default -> queue.end(type, lease.id(), QueuedJobs.ending(work));
            };
        });
    }

    /** Whose lease the record names is not always the queue's, where a failover has undone a step. */
    private CompletionStage<@Nullable Void> endHeld(String type, Lease lease, JobWork work) {
        String held = work.leaseId();
        if (held == null) {
            return queue.end(type, lease.id(), Ending.DROPPED);
        }
        return desk.lose(jobs, lease.id(), held).thenCompose(write -> {
            boolean followed = held.equals(lease.leaseId()) && write.outcome() == Outcome.APPLIED;
            return followed ? done() : follow(type, lease, write);
        });
    }

    private CompletionStage<@Nullable Void> follow(String type, Lease lease, StoreWrite write) {
        JobWork work = write.work();
        if (work == null || work.state() == JobState.PROCESSING) {
            // Looked at again when the claim is over.
            return done();
        }
        return work.state() == JobState.QUEUED
                ? queue.giveBack(type, lease.id(), lease.leaseId(), work.dueMillis(), Return.RETRIED)
                : queue.end(type, lease.id(), QueuedJobs.ending(work));
    }

    /** Jobs that have ended while no worker asked for them, and those that were never made. */
    private CompletionStage<@Nullable Void> endStale(String type) {
        return queue.oldest(type, BATCH).thenCompose(ids -> {
            List<JobId> stale = new ArrayList<>();
            return forAll(ids, id -> endIfStale(type, id, stale))
                    .thenCompose(done -> stale.size() == BATCH && !closed ? endStale(type) : done());
        });
    }

    private CompletionStage<@Nullable Void> endIfStale(String type, JobId id, List<JobId> stale) {
        return records.work(id).thenCompose(work -> {
            boolean waits = work == null ? !absent.isGivenUp(id) : work.state() == JobState.QUEUED;
            if (waits) {
                return done();
            }
            synchronized (stale) {
                stale.add(id);
            }
            return queue.end(type, id, work == null ? Ending.DROPPED : QueuedJobs.ending(Objects.requireNonNull(work)));
        });
    }
}
