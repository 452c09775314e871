package dev.ringback.gateway.results;

import java.util.concurrent.atomic.LongAdder;

/** What is counted about results of any media type; written by all loops, read by anyone. */
public final class ResultCounters {
    /** Uploads that became a job's result. */
    public final LongAdder uploads = new LongAdder();
    /** Uploads that did not: refused, broken off, lost to another. */
    public final LongAdder uploadsFailed = new LongAdder();
    /** Bytes of bodies, whatever became of them. */
    public final LongAdder uploadedBytes = new LongAdder();
    /** Answers with uploaded bytes, whole or a range. */
    public final LongAdder downloads = new LongAdder();
    /** Downloads that were cut off: the client was gone or did not read, or the bytes could not be read. */
    public final LongAdder downloadsFailed = new LongAdder();

    public final LongAdder downloadedBytes = new LongAdder();
}
