package dev.ringback.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a worker says of a job over HTTP.
 *
 * @param change of the job; null for a heartbeat, which only says that the worker is still at it
 * @param leaseId by which the worker holds the job; null where it holds none
 * @param delayMillis how long a job that is given back stays where nobody gets it
 */
public record WorkerReport(
        @Nullable JobChange change, @Nullable String leaseId, long delayMillis) {
    public WorkerReport {
        if (change == null && leaseId == null) {
            throw new IllegalArgumentException("neither a change nor a heartbeat");
        }
    }
}
