package dev.ringback.loadtest.check;

/**
 * What a run is held to.
 *
 * @param withinNanos how long after an acknowledgement and the last heal everyone must know
 * @param longestWaitNanos how long a request may stay without an answer, and a client without a connection attempt. A
 *     stream that resumes is told nothing while nothing is new, so this also covers {@code stream.max-age}
 * @param survivesFaults whether the durability level promises that acknowledged ends survive the faults of this history
 */
public record Bounds(long withinNanos, long longestWaitNanos, boolean survivesFaults) {}
