package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.BodySink;
import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import io.netty.buffer.ByteBuf;

/** A body that nobody wants: the request is answered before any of it is asked for. */
record RefusedBody(Reply reply, ClientConnection connection) implements BodySink {
    @Override
    public void begin() {
        connection.reply(reply);
    }

    @Override
    public void onPart(ByteBuf part) {
        // Came with the head, unasked.
    }

    @Override
    public void onEnd() {
        // The answer is out.
    }

    @Override
    public void onAborted() {
        // The answer is out.
    }
}
