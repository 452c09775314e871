package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.QueuesConfig;
import dev.ringback.gateway.queue.HeldJob.Hold;
import dev.ringback.gateway.queue.HeldJob.Place;
import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.queue.QueueStore.Taken;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The queue of one type in this process's memory. Confined to the store's loop.
 *
 * <pre>
 *   added ──► DELAYED ── due ──► READY ── taken ──► LEASED ── ended ──►
 *     └───────────────────────────►│◄── given back ───┤
 *               ▲──────────────────┼── for later ─────┘        ended: from anywhere
 * </pre>
 */
final class MemoryQueue {
    /** Jobs that are found due in one step, so that no step is long. */
    private static final int MOST_PROMOTED = 1_000;

    private static final long HUNGRY_MILLIS = 60_000;

    private final int depth;
    private final HeldJobs jobs = new HeldJobs();
    private final OwnerRing ring;
    private final JobHeap delayed = JobHeap.ofPlace(MemoryQueue::isDueBefore);
    private final JobHeap leased = JobHeap.ofPlace(MemoryQueue::isOverBefore);
    private final JobHeap readyByAge = JobHeap.ofAges();
    private final JobHeap delayedByAge = JobHeap.ofAges();
    private final DeadLetters dead;
    private final QueueTally tally = new QueueTally();
    private final RecentWorkers workers = new RecentWorkers();
    private final TokenBucket bucket = new TokenBucket();
    private int numbers;
    private long hungryUntilMillis;
    private boolean hasNews;
    private boolean hasHeldAny;

    MemoryQueue(QueuesConfig config) {
        long agingMillis = config.aging().toMillis();
        this.depth = config.depth();
        this.ring = new OwnerRing((one, other) -> isBefore(one, other, agingMillis));
        this.dead = new DeadLetters(config.dead(), config.deadTtl().toMillis());
    }

    private static boolean isBefore(HeldJob one, HeldJob other, long agingMillis) {
        long mine = one.addedMillis - one.priority * agingMillis;
        long others = other.addedMillis - other.priority * agingMillis;
        return mine != others ? mine < others : one.isOlderThan(other);
    }

    private static boolean isDueBefore(HeldJob one, HeldJob other) {
        return one.dueMillis != other.dueMillis ? one.dueMillis < other.dueMillis : one.isOlderThan(other);
    }

    private static boolean isOverBefore(HeldJob one, HeldJob other) {
        return untilMillis(one) < untilMillis(other);
    }

    private static long untilMillis(HeldJob leased) {
        Hold hold = leased.hold;
        return hold == null ? Long.MAX_VALUE : hold.untilMillis();
    }

    // ── jobs come and go ───────────────────────────────────────────────────────────────────────────────────────

    Added add(Entry entry, long nowMillis) {
        if (jobs.find(entry.id()) != null) {
            return Added.PRESENT;
        }
        if (ring.ready() + delayed.size() >= depth) {
            return Added.FULL;
        }
        queue(hold(entry, nowMillis), entry.dueMillis(), nowMillis);
        tally.added();
        return Added.ADDED;
    }

    /** Takes a job in that waited before this process began: whatever the bound is. */
    void load(Entry entry, long addedMillis, long nowMillis) {
        if (jobs.find(entry.id()) == null) {
            queue(hold(entry, addedMillis), entry.dueMillis(), nowMillis);
        }
    }

    /** Takes a job in that a worker had before this process began. */
    void loadLeased(Entry entry, long addedMillis, Hold hold) {
        if (jobs.find(entry.id()) == null) {
            lease(hold(entry, addedMillis), hold);
        }
    }

    /** Takes a dead letter in. */
    void loadDead(JobId id, long diedMillis) {
        hasHeldAny = true;
        dead.add(id, diedMillis);
    }

    private HeldJob hold(Entry entry, long addedMillis) {
        HeldJob job = new HeldJob(entry.id(), ring.enter(entry.owner()), entry.priority(), addedMillis, numbers++);
        jobs.add(job);
        hasHeldAny = true;
        return job;
    }

    /** It waits from now on: who knew of nothing before has to be told, though it may be for later. */
    private void queue(HeldJob job, long dueMillis, long nowMillis) {
        hasNews = true;
        job.dueMillis = dueMillis;
        if (dueMillis <= nowMillis) {
            makeReady(job);
            return;
        }
        job.place = Place.DELAYED;
        delayed.add(job);
        delayedByAge.add(job);
    }

    private void makeReady(HeldJob job) {
        job.place = Place.READY;
        ring.add(job);
        readyByAge.add(job);
    }

    private void lease(HeldJob job, Hold hold) {
        job.place = Place.LEASED;
        job.hold = hold;
        leased.add(job);
    }

    private void leavePlace(HeldJob job) {
        switch (job.place) {
            case READY -> {
                ring.remove(job);
                readyByAge.remove(job);
            }
            case DELAYED -> {
                delayed.remove(job);
                delayedByAge.remove(job);
            }
            case LEASED -> {
                leased.remove(job);
                job.hold = null;
                // One of those that wait may be leased instead.
                hasNews |= ring.ready() + delayed.size() > 0;
            }
        }
    }

    void giveBack(JobId id, String leaseId, long dueMillis, Return why, long nowMillis) {
        HeldJob job = jobs.find(id);
        if (job != null && job.isLeasedBy(leaseId)) {
            leavePlace(job);
            queue(job, dueMillis, nowMillis);
            tally.returned(why);
        }
    }

    void end(JobId id, Ending how, long nowMillis) {
        HeldJob job = jobs.find(id);
        if (job == null) {
            return;
        }
        leavePlace(job);
        jobs.remove(job);
        ring.leave(job.owner);
        tally.ended(how, nowMillis);
        if (how == Ending.DEAD) {
            dead.add(id, nowMillis);
        }
    }

    /** Puts those whose time has come where workers get them. */
    void promote(long nowMillis) {
        for (int i = 0; i < MOST_PROMOTED && hasOverdue(nowMillis); i++) {
            HeldJob job = Objects.requireNonNull(delayed.first());
            leavePlace(job);
            makeReady(job);
        }
    }

    /** Whether there is more to be promoted. */
    boolean hasOverdue(long nowMillis) {
        HeldJob first = delayed.first();
        return first != null && first.dueMillis <= nowMillis;
    }

    // ── workers ────────────────────────────────────────────────────────────────────────────────────────────────

    Taken take(Wish wish, QueueLimits limits, Supplier<String> leaseIds, long nowMillis) {
        workers.heard(wish.worker(), nowMillis);
        promote(nowMillis);
        int tokens = bucket.tokens(limits, nowMillis);
        int room = limits.concurrency() == 0 ? Integer.MAX_VALUE : limits.concurrency() - leased.size();
        int most = Math.min(wish.most(), Math.min(tokens, room));
        List<Lease> leases = new ArrayList<>();
        OwnerLine line = ring.next(wish.owner());
        while (line != null && leases.size() < most) {
            HeldJob job = ring.serve(line);
            readyByAge.remove(job);
            Hold hold = new Hold(leaseIds.get(), wish.worker(), nowMillis + wish.leaseMillis());
            lease(job, hold);
            leases.add(new Lease(job.id, hold.leaseId, hold.deadlineMillis));
            line = ring.next(wish.owner());
        }
        bucket.spend(limits, leases.size());
        int taken = leases.size();
        boolean isFull = taken >= room;
        boolean drained = taken < wish.most() || wish.othersWait() && (isFull || taken == tokens || line == null);
        if (!drained) {
            return new Taken(leases, Long.MAX_VALUE, false);
        }
        hungryUntilMillis = nowMillis + HUNGRY_MILLIS;
        return new Taken(leases, isFull ? Long.MAX_VALUE : againMillis(line != null, limits, nowMillis), true);
    }

    /**
     * When there may be more.
     *
     * @param ready whether a job is there that only the rate holds back
     */
    private long againMillis(boolean ready, QueueLimits limits, long nowMillis) {
        if (ready) {
            return Math.max(1, bucket.nextMillis(limits));
        }
        HeldJob next = delayed.first();
        return next == null ? Long.MAX_VALUE : Math.max(1, next.dueMillis - nowMillis);
    }

    /** Its new deadline, or 0. */
    long renew(JobId id, String leaseId, long leaseMillis, long nowMillis) {
        HeldJob job = jobs.find(id);
        Hold hold = job == null ? null : job.hold;
        if (job == null || hold == null || !job.isLeasedBy(leaseId) || hold.claimedMillis != 0) {
            return 0;
        }
        hold.deadlineMillis = nowMillis + leaseMillis;
        leased.moved(job);
        workers.heard(hold.worker, nowMillis);
        return hold.deadlineMillis;
    }

    List<Lease> lost(int most, long nowMillis) {
        List<Lease> lost = new ArrayList<>();
        HeldJob job = leased.first();
        while (job != null && untilMillis(job) <= nowMillis && lost.size() < most) {
            Hold hold = Objects.requireNonNull(job.hold);
            if (hold.claimedMillis == 0) {
                tally.lost();
            }
            hold.claimedMillis = nowMillis + QueueStore.CLAIM_MILLIS;
            leased.moved(job);
            lost.add(new Lease(job.id, hold.leaseId, hold.deadlineMillis));
            job = leased.first();
        }
        return lost;
    }

    /** Whether somebody who got fewer jobs than wished for is to hear that there may be more now; once for each news. */
    boolean takeWakeUp(long nowMillis) {
        boolean wakes = hasNews && nowMillis < hungryUntilMillis;
        hasNews = false;
        if (wakes) {
            hungryUntilMillis = 0;
        }
        return wakes;
    }

    // ── what there is ──────────────────────────────────────────────────────────────────────────────────────────

    List<JobId> oldest(int skip, int most) {
        List<HeldJob> oldest = new ArrayList<>(readyByAge.firsts(skip + most));
        oldest.addAll(delayedByAge.firsts(skip + most));
        oldest.sort((one, other) -> one.isOlderThan(other) ? -1 : 1);
        return oldest.stream().skip(skip).limit(most).map(job -> job.id).toList();
    }

    DeadLetters dead() {
        return dead;
    }

    QueueFigures figures(long nowMillis) {
        promote(nowMillis);
        HeldJob oldest = readyByAge.first();
        return new QueueFigures(
                ring.ready(),
                delayed.size(),
                leased.size(),
                dead.size(nowMillis),
                oldest == null ? 0 : oldest.addedMillis,
                workers.count(nowMillis),
                tally.counts(),
                tally.endsPerSecond(nowMillis));
    }

    /** Whether there ever was a job in it. */
    boolean hasHeldAny() {
        return hasHeldAny;
    }

    /** Whether nobody would miss it, but for what it has counted. */
    boolean isIdle(long nowMillis) {
        return jobs.size() + dead.size(nowMillis) + workers.count(nowMillis) == 0;
    }
}
