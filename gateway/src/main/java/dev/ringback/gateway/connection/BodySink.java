package dev.ringback.gateway.connection;

import io.netty.buffer.ByteBuf;

/**
 * Takes a request's body in parts as they arrive, where it is not to lie in memory as a whole. All calls come on the connection's
 * loop, {@link #begin} first. Until {@link ClientConnection#receiveBody} asks for it nothing is read but what has come already. A
 * {@link ClientConnection#reply} before {@link #onEnd} refuses the rest, and ends the connection.
 */
public interface BodySink {
    /** The head has come, and the connection can be asked and answered. */
    void begin();

    /** The next part; borrowed for the call. */
    void onPart(ByteBuf part);

    /** The body is whole. The sink answers through the connection, now or later. */
    void onEnd();

    /** The body will never be whole: the client is gone, too slow, or broke the protocol. Nothing can be answered. */
    void onAborted();
}
