package dev.ringback.gateway.listen;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what comes behind a parked request, up to a limit, until that request is answered. Confined to the connection's loop. */
abstract class HoldingConnection extends CountedConnection {
    private static final Logger LOG = LoggerFactory.getLogger(HoldingConnection.class);

    /** Bytes that may wait behind a request that is being answered or parked. */
    static final int MAX_HELD_BYTES = 4096;

    private @Nullable ByteBuf held;

    HoldingConnection(ConnectionContext shared, LoopConnections connections) {
        super(shared, connections);
    }

    @Override
    public final void hold(ByteBuf bytes) {
        // Copied, not chained: a client decides how many pieces there are.
        ByteBuf all = held == null ? allocator().buffer(bytes.readableBytes()) : held;
        all.writeBytes(bytes);
        bytes.release();
        held = all;
        if (all.readableBytes() > MAX_HELD_BYTES) {
            shared.counters().floods.increment();
            LOG.debug("more than {} bytes behind a parked request", MAX_HELD_BYTES);
            closeNow();
        }
    }

    @Override
    public final @Nullable ByteBuf takeHeld() {
        ByteBuf bytes = held;
        held = null;
        return bytes;
    }
}
