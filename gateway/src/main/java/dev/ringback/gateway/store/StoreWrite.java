package dev.ringback.gateway.store;

import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What became of a change.
 *
 * @param present the job after the step, changed or not; null for {@code UNKNOWN} and {@code EXPIRED}
 * @param work how the work on it stands; null for a job that waits in no queue
 */
public record StoreWrite(
        Outcome outcome,
        @Nullable JobSnapshot present,
        @Nullable JobWork work) {
    /** Of a job that waits in no queue. */
    public StoreWrite(Outcome outcome, @Nullable JobSnapshot present) {
        this(outcome, present, null);
    }

    /** The answers of the store, the same names in the Redis script (lower case). */
    public enum Outcome {
        /** The job is new, or adopted from a worker that was first. */
        CREATED,
        /** The same submission came before. */
        REPEATED,
        /** The id is taken by another submission. */
        CONFLICT,
        APPLIED,
        /** The same terminal state, or the same {@code eventId}, came before: nothing was written. */
        DUPLICATE,
        /** The state machine forbids it: nothing was written. */
        REFUSED,
        /** A plain event that another gateway applies: nothing was written. */
        LEASED,
        /** The change came by a lease that is not, or no longer, the job's: nothing was written. */
        STALE,
        /** No such job, or not this owner's. */
        UNKNOWN,
        EXPIRED
    }

    public static final StoreWrite UNKNOWN = new StoreWrite(Outcome.UNKNOWN, null);
    public static final StoreWrite EXPIRED = new StoreWrite(Outcome.EXPIRED, null);

    /** The job after the step, of an answer that has one. */
    public JobEvent job() {
        if (present == null) {
            throw new IllegalStateException(outcome + " has no job");
        }
        return present.present();
    }

    public StoreWrite {
        boolean nothing = outcome == Outcome.UNKNOWN || outcome == Outcome.EXPIRED;
        if (nothing != (present == null)) {
            throw new IllegalArgumentException(outcome + " with " + present);
        }
    }
}
