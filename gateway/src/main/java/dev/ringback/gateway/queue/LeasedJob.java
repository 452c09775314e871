package dev.ringback.gateway.queue;

import dev.ringback.gateway.store.JobWork;
import dev.ringback.protocol.JobEvent;
import org.jspecify.annotations.Nullable;

/**
 * A job that a worker has, and what it needs to do it.
 *
 * @param token by which the worker names its lease
 * @param leaseMillis how long the lease lasts from now, and again from each heartbeat
 * @param job as it stands, with the worker's try
 * @param input the caller's JSON, opaque; null for none
 */
public record LeasedJob(
        LeaseToken token, long deadlineMillis, long leaseMillis, JobEvent job, JobWork work, byte @Nullable [] input) {}
