package dev.ringback.gateway.stream;

import java.util.concurrent.atomic.LongAdder;

/** What the waits count; written by all loops, read by anyone. */
public final class StreamCounters {
    /** Waits that are going on. */
    public final LongAdder longPolls = new LongAdder();

    public final LongAdder sseStreams = new LongAdder();
    public final LongAdder webSockets = new LongAdder();

    /** Events that a newer one replaced because the client did not read. */
    public final LongAdder coalesced = new LongAdder();
    /** Streams closed because the client took no bytes for {@code stream.stall-timeout}. */
    public final LongAdder slowConsumersByTime = new LongAdder();
    /** Streams closed because more than {@code stream.queued-bytes} waited for the client. */
    public final LongAdder slowConsumersByBytes = new LongAdder();
    /** Bytes that clients sent on SSE connections, where nothing may be sent. */
    public final LongAdder discardedBytes = new LongAdder();
    /** WebSockets closed for too many commands, and connections for too many bytes behind a wait. */
    public final LongAdder floods = new LongAdder();
}
