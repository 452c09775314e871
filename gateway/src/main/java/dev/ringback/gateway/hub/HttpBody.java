package dev.ringback.gateway.hub;

import dev.ringback.protocol.JobEvent;

/**
 * An event as HTTP answers tell of it.
 *
 * @param bytes the job's document with hints and links, UTF-8 JSON; may be shared, and is never changed
 * @param retryAfterSeconds when a client that polls should ask again; 0 once the job has ended
 */
public record HttpBody(JobEvent event, byte[] bytes, int retryAfterSeconds) {}
