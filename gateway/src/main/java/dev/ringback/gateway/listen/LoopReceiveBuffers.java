package dev.ringback.gateway.listen;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Sizes the buffers that are read into by one guess per event loop, where Netty keeps one per connection: 128 bytes of heap that a
 * waiting connection does not need. What a guess remembers of the read under way is of no use after it, so connections
 * whose reads begin and end in one go of their loop can share it. Not for io_uring, whose reads do not.
 */
@SuppressWarnings("deprecation") // Of the type that Netty's own allocators still answer with.
final class LoopReceiveBuffers implements RecvByteBufAllocator {
    /** One connection's small reads are not to make another's large ones many. */
    private static final int LEAST_BYTES = 2_048;

    private static final int MOST_BYTES = 65_536;

    private final RecvByteBufAllocator guesses = new AdaptiveRecvByteBufAllocator(LEAST_BYTES, LEAST_BYTES, MOST_BYTES);
    private final FastThreadLocal<Handle> ofLoop = new FastThreadLocal<>() {
        @Override
        protected Handle initialValue() {
            return guesses.newHandle();
        }
    };

    /** Netty asks on the connection's loop, before its first read. */
    @Override
    public Handle newHandle() {
        return ofLoop.get();
    }
}
