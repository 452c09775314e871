package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.BodySink;
import dev.ringback.gateway.connection.ClientConnection;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Takes requests from connections, on their loops. */
public interface RequestHandler {
    /** Answers through the connection, now or later, exactly once. */
    void handle(HttpRequest head, byte[] body, ClientConnection connection);

    /**
     * Says who takes a request's body in parts, before any of it is read or asked for; that sink then answers. Null where the whole
     * request goes to {@link #handle}. Asks nothing of the connection yet.
     */
    default @Nullable BodySink receive(HttpRequest head, ClientConnection connection) {
        return null;
    }
}
