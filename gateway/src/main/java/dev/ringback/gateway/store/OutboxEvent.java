package dev.ringback.gateway.store;

import dev.ringback.protocol.JobSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A change of a job that webhooks are to tell of, written in the same atomic step as the change: an end, or progress where somebody
 * wants it and the last that was written is long enough ago.
 *
 * @param job the job after the change
 * @param type of the job; null where nobody said
 * @param webhook {@code {url, secret, events}} as the caller submitted it; null where the job has none
 */
public record OutboxEvent(JobSnapshot job, @Nullable String type, byte @Nullable [] webhook) {}
