package dev.ringback.gateway.connection;

import dev.ringback.protocol.CloseReason;
import io.netty.buffer.ByteBuf;

/** A parked connection whose client speaks WebSocket (RFC 6455). Buffers are borrowed for the call. */
public interface ParkedWebSocket extends Parked {
    /** A whole text message, valid UTF-8. */
    void onText(ByteBuf text);

    void onPing(ByteBuf data);

    void onPong();

    /**
     * The client closes.
     *
     * @param code what it said, 1005 for nothing
     */
    void onClose(int code);

    /** The client broke the protocol or a limit. */
    void onViolation(CloseReason reason);
}
