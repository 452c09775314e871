package dev.ringback.gateway.store;

import dev.ringback.protocol.JobState;
import org.jspecify.annotations.Nullable;

/**
 * How the work on a job stands that waits, or waited, in a queue.
 *
 * @param type names the queue
 * @param owner whose job it is; null for nobody's
 * @param attempt the present try, from 1
 * @param maxAttempts how many there are at most; a try that a worker gave back does not count
 * @param leaseId by which lease it is held, or was when it ended; null while it is queued
 * @param dueMillis before which it is given to nobody, since the epoch; 0 for at once
 * @param dead whether it failed for good in a worker's hands
 */
public record JobWork(
        String type,
        @Nullable String owner,
        JobState state,
        int attempt,
        int maxAttempts,
        @Nullable String leaseId,
        long dueMillis,
        boolean dead) {}
