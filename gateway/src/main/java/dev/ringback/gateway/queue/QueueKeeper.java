package dev.ringback.gateway.queue;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts right in the background what ends between two steps: leases that are over, jobs in a queue that have ended elsewhere, or whose
 * record was never written, and jobs that wait for one whose end nobody told of. One gateway of a fleet does it at a time. Each gateway
 * learns how the queues fare. Confined to its loop, except {@link #figures}.
 */
final class QueueKeeper extends LoopTicker.Deadline {
    private static final Logger LOG = LoggerFactory.getLogger(QueueKeeper.class);
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Every so many beats the jobs that wait the longest are looked at, and how the queues fare. */
    private static final int SLOW_BEATS = 10;

    /** How many types are looked after in one beat. */
    private static final int TYPES_A_BEAT = 500;
    /** How many types are measured. */
    private static final int MOST_SHOWN = 200;
    /** Of one kind of look, so many at once. */
    private static final int WIDTH = 64;

    private static final int NARROW = 4;
    /** Of pages of a queue so many at one look, or so many in which there was nothing to put right. */
    private static final int MOST_PAGES = 100;

    private static final int PAGES_A_LOOK = 4;
    /** So far into a queue. */
    private static final int MOST_LOOKED_AT = 10_000;

    private final Loop loop;
    private final QueueStore queue;
    private final JobStore records;
    private final JobStore jobs;
    private final LeaseDesk desk;
    private final Dependencies dependencies;
    private final QueuePlaces places;
    private final AbsentJobs absent;
    private final QueueRepair repair;
    /** How far into each queue the next look begins. */
    private final Map<String, Integer> walked = new HashMap<>();

    private int nextType;
    /** How often all types were looked after. */
    private int rounds;

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
    QueueKeeper(
            Queues.Parts parts,
            JobStore jobs,
            LeaseDesk desk,
            Dependencies dependencies,
            QueuePlaces places,
            AbsentJobs absent) {
        this.loop = parts.loop();
        this.queue = parts.queue();
        this.records = parts.jobs();
        this.jobs = jobs;
        this.desk = desk;
        this.dependencies = dependencies;
        this.places = places;
        this.absent = absent;
        this.repair = new QueueRepair(parts, places);
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
        var unused = Slices.done()
                .thenCompose(begun -> slow ? guarded(measure()) : Slices.done())
                .thenCompose(measured -> queue.keeps())
                .thenComposeAsync(keeps -> keeps && !closed ? keep() : Slices.done(), loop)
                .handleAsync(
                        (done, failure) -> {
                            busy = false;
                            if (failure != null && !closed) {
                                Queues.log("be kept", null, failure);
                            }
                            return done;
                        },
                        loop);
    }

    /** What can't be done now is done at the next beat, and keeps nothing else from being done. */
    private CompletionStage<@Nullable Void> guarded(CompletionStage<?> part) {
        return part.handle((done, failure) -> {
            if (failure != null && !closed) {
                Queues.log("be kept", null, failure);
            }
            return null;
        });
    }

    /** How the first queues fare, and how many jobs wait for others. */
    private CompletionStage<@Nullable Void> measure() {
        CompletionStage<?> counted = dependencies.count().thenAccept(count -> blocked = count);
        return guarded(counted)
                .thenCompose(done -> Queues.figures(queue, MOST_SHOWN, loop))
                .thenApply(found -> {
                    figures = Map.copyOf(found);
                    return null;
                });
    }

    /** A piece of all types in each beat, so that who makes up many of them keeps no more than a piece from being looked after. */
    private CompletionStage<@Nullable Void> keep() {
        int from = nextType;
        boolean tidies = rounds % SLOW_BEATS == 0;
        return queue.types(from, TYPES_A_BEAT)
                .thenComposeAsync(
                        types -> {
                            boolean isLast = types.size() < TYPES_A_BEAT;
                            nextType = isLast ? 0 : from + TYPES_A_BEAT;
                            rounds += isLast ? 1 : 0;
                            return Slices.forEach(types, WIDTH, loop, type -> guarded(endLost(type)))
                                    .thenComposeAsync(
                                            done -> tidies ? tidy(types, from > 0 || !isLast) : Slices.done(), loop);
                        },
                        loop)
                .thenComposeAsync(done -> guarded(dependencies.checkDue()), loop)
                .thenComposeAsync(done -> guarded(repair.step()), loop);
    }

    /** @param many whether there are so many types that those are forgotten that nobody uses */
    private CompletionStage<@Nullable Void> tidy(List<String> types, boolean many) {
        return Slices.forEach(
                types,
                NARROW,
                loop,
                type -> guarded(endStale(type, 0))
                        .thenCompose(done -> many ? guarded(queue.forgetIdle(type)) : Slices.done()));
    }

    /** As many as there are: a fleet of workers may have gone at once. */
    private CompletionStage<@Nullable Void> endLost(String type) {
        return queue.lost(type, WIDTH)
                .thenComposeAsync(
                        lost -> Slices.forEach(lost, WIDTH, loop, lease -> guarded(endLost(type, lease)))
                                .thenComposeAsync(
                                        done -> lost.size() == WIDTH && !closed ? endLost(type) : Slices.done(), loop),
                        loop);
    }

    private CompletionStage<@Nullable Void> endLost(String type, Lease lease) {
        return records.work(lease.id())
                .exceptionallyCompose(failure -> unreadable(type, lease.id(), failure))
                .thenCompose(work -> {
                    if (work == null) {
                        absent.giveBackOrDrop(type, lease);
                        return Slices.done();
                    }
                    absent.seen(lease.id());
                    return switch (work.state()) {
                        case QUEUED ->
                            queue.giveBack(type, lease.id(), lease.leaseId(), work.dueMillis(), Return.UNTOUCHED);
                        case PROCESSING -> endHeld(type, lease, work);
                        default -> queue.end(type, lease.id(), QueuePlaces.ending(work));
                    };
                });
    }

    /** Nobody can work on a job whose record is damaged, and its place is wanted. */
    private CompletionStage<@Nullable JobWork> unreadable(String type, JobId id, Throwable failure) {
        if (StoreException.kindOf(failure) == StoreException.Kind.CORRUPT) {
            LOG.error(
                    "job {} leaves its queue: {}",
                    id,
                    StoreException.causeOf(failure).getMessage());
            return queue.end(type, id, Ending.DROPPED).thenCompose(done -> Slices.failed(failure));
        }
        return Slices.failed(failure);
    }

    /** Whose lease the record names is not always the queue's, where a failover has undone a step. */
    private CompletionStage<@Nullable Void> endHeld(String type, Lease lease, JobWork work) {
        String held = work.leaseId();
        if (held == null) {
            return queue.end(type, lease.id(), Ending.DROPPED);
        }
        return desk.lose(jobs, lease.id(), held).thenCompose(write -> {
            boolean followed = held.equals(lease.leaseId()) && write.outcome() == Outcome.APPLIED;
            return followed ? Slices.done() : follow(type, lease, write);
        });
    }

    private CompletionStage<@Nullable Void> follow(String type, Lease lease, StoreWrite write) {
        JobWork work = write.work();
        if (work == null || work.state() == JobState.PROCESSING) {
            // Looked at again when the claim is over.
            return Slices.done();
        }
        return work.state() == JobState.QUEUED
                ? queue.giveBack(type, lease.id(), lease.leaseId(), work.dueMillis(), Return.RETRIED)
                : queue.end(type, lease.id(), QueuePlaces.ending(work));
    }

    /**
     * Jobs that have ended while no worker asked for them, and those that were never made: a few pages of a queue at each look, those
     * that wait the longest first, and on while there are such jobs.
     *
     * @param pages how many were looked at, those that had none counting more
     */
    private CompletionStage<@Nullable Void> endStale(String type, int pages) {
        int from = walked.getOrDefault(type, 0);
        return queue.oldest(type, from, WIDTH)
                .thenComposeAsync(
                        ids -> {
                            AtomicInteger stale = new AtomicInteger();
                            return Slices.forEach(ids, WIDTH, loop, id -> guarded(endIfStale(type, id, stale)))
                                    .thenComposeAsync(
                                            done -> goOn(type, from + ids.size() - stale.get(), ids.size(), pages),
                                            loop);
                        },
                        loop);
    }

    private CompletionStage<@Nullable Void> goOn(String type, int place, int seen, int pages) {
        if (seen < WIDTH || place > MOST_LOOKED_AT) {
            walked.remove(type);
            return Slices.done();
        }
        boolean isAllRight = place == walked.getOrDefault(type, 0) + seen;
        int looked = pages + (isAllRight ? MOST_PAGES / PAGES_A_LOOK : 1);
        walked.put(type, place);
        return looked < MOST_PAGES && !closed ? endStale(type, looked) : Slices.done();
    }

    private CompletionStage<?> endIfStale(String type, JobId id, AtomicInteger stale) {
        return records.work(id).thenCompose(work -> {
            boolean stays = work == null ? !absent.isGivenUp(id) : QueuePlaces.belongs(work, type);
            if (stays) {
                return Slices.done();
            }
            stale.incrementAndGet();
            absent.seen(id);
            return places.leave(type, id, work);
        });
    }
}
