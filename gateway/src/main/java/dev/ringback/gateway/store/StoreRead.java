package dev.ringback.gateway.store;

import dev.ringback.protocol.JobSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What a read found.
 *
 * @param snapshot the job; null unless found
 * @param owner whose job it is or was; null for nobody's, and where there is none
 */
public record StoreRead(
        Status status,
        @Nullable JobSnapshot snapshot,
        @Nullable String owner) {
    /** Whether there is such a job. */
    public enum Status {
        FOUND,
        /** Never there, or forgotten. */
        ABSENT,
        /** Ended, and its time to live is over: a tombstone. */
        EXPIRED
    }

    public static final StoreRead ABSENT = new StoreRead(Status.ABSENT, null, null);

    public StoreRead {
        if ((status == Status.FOUND) != (snapshot != null)) {
            throw new IllegalArgumentException(status + " with " + snapshot);
        }
    }

    public static StoreRead found(JobSnapshot snapshot) {
        return new StoreRead(Status.FOUND, snapshot, snapshot.owner());
    }

    public static StoreRead expired(@Nullable String owner) {
        return new StoreRead(Status.EXPIRED, null, owner);
    }
}
