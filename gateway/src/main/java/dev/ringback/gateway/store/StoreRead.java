package dev.ringback.gateway.store;

import dev.ringback.protocol.JobSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What a read found.
 *
 * @param snapshot the job; null unless found
 */
public record StoreRead(Status status, @Nullable JobSnapshot snapshot) {
    /** Whether there is such a job. */
    public enum Status {
        FOUND,
        /** Never there, or forgotten. */
        ABSENT,
        /** Ended, and its time to live is over: a tombstone. */
        EXPIRED
    }

    public static final StoreRead ABSENT = new StoreRead(Status.ABSENT, null);
    public static final StoreRead EXPIRED = new StoreRead(Status.EXPIRED, null);

    public StoreRead {
        if ((status == Status.FOUND) != (snapshot != null)) {
            throw new IllegalArgumentException(status + " with " + snapshot);
        }
    }

    public static StoreRead found(JobSnapshot snapshot) {
        return new StoreRead(Status.FOUND, snapshot);
    }
}
