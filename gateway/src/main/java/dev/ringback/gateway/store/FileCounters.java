package dev.ringback.gateway.store;

import java.util.concurrent.atomic.LongAdder;

/** What the file store counts; written by its thread, read by anyone. */
public final class FileCounters {
    /** Commits, each of one batch. */
    public final LongAdder commits = new LongAdder();
    /** Microseconds that commits took, most of them for the disk. */
    public final LongAdder commitMicros = new LongAdder();
    /** Calls that were served; over the commits, the size of a batch. */
    public final LongAdder calls = new LongAdder();
    /** Commits that failed: their calls were answered with an error. */
    public final LongAdder failures = new LongAdder();
    /** Calls without an answer within {@code store.timeout}. */
    public final LongAdder timeouts = new LongAdder();
    /** Calls refused because too many waited already. */
    public final LongAdder rejected = new LongAdder();
}
