package dev.ringback.gateway.store;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;

/**
 * What the file store's record of a job says of its place in a queue: the job waits, a worker has it by a lease, or it is dead.
 *
 * @param createdMillis when it was submitted, since the epoch
 * @param endedMillis when it failed for good, since the epoch; 0 where it has not
 * @param plan as it was submitted, less the jobs that it has waited for
 */
public record QueuedRow(JobId id, JobWork work, int priority, long createdMillis, long endedMillis, NewJob.Plan plan) {}
