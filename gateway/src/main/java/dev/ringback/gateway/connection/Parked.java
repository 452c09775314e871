package dev.ringback.gateway.connection;

import io.netty.buffer.ByteBuf;

/** What a parked connection waits for. All calls come on the connection's loop. */
public interface Parked {
    /** Bytes from the client; takes over the reference. */
    void onBytes(ByteBuf bytes);

    /** The time set by {@link ClientConnection#setDeadline} has come. */
    void onDeadline();

    /** What waited to be sent has gone down enough that writing makes sense again. */
    void onWritable();

    /** The client is gone. Nothing can be written any more. */
    void onClosed();

    /** The gateway is about to stop: end this wait so that the client comes back, elsewhere. */
    void onDrain();
}
