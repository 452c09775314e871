package dev.ringback.gateway.queue;

import dev.ringback.protocol.JobId;
import org.jspecify.annotations.Nullable;

/** A job that a {@link MemoryQueue} holds. There may be millions, so it has no more than it needs. Confined to the store's loop. */
final class HeldJob {
    /** Where it is. */
    enum Place {
        /** Among its owner's jobs that workers could have now. */
        READY,
        /** Among those that are not due yet. */
        DELAYED,
        /** With a worker. */
        LEASED
    }

    /** By which a worker has it. */
    static final class Hold {
        final String leaseId;
        final String worker;
        /** When it is over, since the epoch. */
        long deadlineMillis;
        /** Until when somebody says what becomes of it now that it is over, since the epoch; 0 while it is not. */
        long claimedMillis;

        Hold(String leaseId, String worker, long deadlineMillis) {
            this.leaseId = leaseId;
            this.worker = worker;
            this.deadlineMillis = deadlineMillis;
        }

        /** When to look at it. */
        long untilMillis() {
            return claimedMillis == 0 ? deadlineMillis : claimedMillis;
        }
    }

    final JobId id;
    final OwnerLine owner;
    final int priority;
    final long addedMillis;
    /** Tells those apart that were added in the same millisecond; it wraps. */
    final int number;

    Place place = Place.READY;
    long dueMillis;
    /** What the worker has; null unless {@link Place#LEASED}. */
    @Nullable Hold hold;

    /** In the chain of {@link HeldJobs}. */
    @Nullable HeldJob next;
    /** In the {@link JobHeap} of its place. */
    int turnIndex;
    /** In the heap by age, unless it is leased. */
    int ageIndex;

    HeldJob(JobId id, OwnerLine owner, int priority, long addedMillis, int number) {
        this.id = id;
        this.owner = owner;
        this.priority = priority;
        this.addedMillis = addedMillis;
        this.number = number;
    }

    /** Whether this one was added first. */
    boolean isOlderThan(HeldJob other) {
        return addedMillis != other.addedMillis ? addedMillis < other.addedMillis : number - other.number < 0;
    }

    boolean isLeasedBy(String leaseId) {
        return hold != null && hold.leaseId.equals(leaseId);
    }
}
