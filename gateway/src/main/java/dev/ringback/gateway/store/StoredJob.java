package dev.ringback.gateway.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a store keeps of one job to move it and to tell about it. Beside it a store keeps what was submitted, and the bytes of a
 * large result.
 *
 * @param record what readers see; null once the job is a tombstone
 * @param formerOwner whose the job was before it became a tombstone; null before
 * @param ttl how long the ended job is kept, where its submission says so; null for the configured time
 * @param fingerprint of the body that submitted it; null for a job that a worker's event made and nobody submitted
 * @param lastEventId the worker's name for the last change, or null
 * @param lease which gateway's plain events move the job for now, or null
 * @param deadlineMillis when the job's time is over, since the epoch: {@link JobRules#timeIsOver}
 * @param hooks what webhooks are told of it
 * @param work how the work on it stands; null for a job that waits in no queue
 */
record StoredJob(
        JobId id,
        @Nullable JobRecord record,
        @Nullable String formerOwner,
        @Nullable Duration ttl,
        @Nullable String fingerprint,
        @Nullable String lastEventId,
        @Nullable PlainLease lease,
        long deadlineMillis,
        Hooks hooks,
        @Nullable Work work) {

    /**
     * How the work on a job of a queue stands, beside what its record says.
     *
     * @param released how many of its attempts were given back
     * @param leaseId by which lease it is held, or was when it ended; null while it is queued
     * @param dueMillis before which it is given to nobody, since the epoch; 0 for at once
     * @param dead whether it failed for good in a worker's hands
     */
    record Work(int maxAttempts, int released, @Nullable String leaseId, long dueMillis, boolean dead) {
        /** A worker has the job. */
        Work heldBy(String lease) {
            return new Work(maxAttempts, released, lease, 0, dead);
        }

        /** The job is queued again. */
        Work queued(boolean givenBack, long due) {
            return new Work(maxAttempts, givenBack ? released + 1 : released, null, due, dead);
        }

        Work failedForGood() {
            return new Work(maxAttempts, released, leaseId, dueMillis, true);
        }
    }

    /** Of the gateways that hear a plain event, the one that applies it, until some time since the epoch. */
    record PlainLease(String gateway, long untilMillis) {}

    /** What the webhook of a job's submission may want. */
    enum Own {
        /** There is none. */
        NONE,
        ENDS,
        /** Progress too. */
        PROGRESS;

        private static final JsonMapper JSON = new JsonMapper();

        /** What {@code {url, secret, events}} asks for. */
        static Own of(byte @Nullable [] webhook) {
            if (webhook == null) {
                return NONE;
            }
            try {
                for (JsonNode event : JSON.readTree(webhook).path("events")) {
                    if (event.asText().equals("progress")) {
                        return PROGRESS;
                    }
                }
                return ENDS;
            } catch (IOException e) {
                // Who sends will see that it can't be read, and say so.
                return ENDS;
            }
        }
    }

    /**
     * What webhooks are told of a job.
     *
     * @param toldMillis when its progress was last put into the outbox, since the epoch; 0 for never
     */
    record Hooks(Own own, long toldMillis) {
        static final Hooks NONE = new Hooks(Own.NONE, 0);

        Hooks toldAt(long millis) {
            return new Hooks(own, millis);
        }
    }

    /** Whose job it is or was; null for nobody's. */
    @Nullable String owner() {
        return record == null ? formerOwner : record.owner();
    }

    StoreRead read() {
        return record == null ? StoreRead.expired(formerOwner) : StoreRead.found(record.snapshot());
    }

    /** How the work stands, with what the record says; null for a job that waits in no queue, and for a tombstone. */
    @Nullable JobWork jobWork() {
        if (record == null || work == null || record.type() == null) {
            return null;
        }
        return new JobWork(
                record.type(),
                record.owner(),
                record.state(),
                record.attempt(),
                work.maxAttempts,
                work.leaseId,
                work.dueMillis,
                work.dead);
    }

    /** How many bytes of JSON it holds. */
    long jsonBytes() {
        return record == null ? 0 : length(record.progress()) + length(record.result()) + length(record.error());
    }

    static long length(byte @Nullable [] json) {
        return json == null ? 0 : json.length;
    }
}
