package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.ClientConnection;
import io.netty.handler.codec.http.HttpRequest;

/** Takes whole requests from connections, on their loops. */
public interface RequestHandler {
    /** Answers through the connection, now or later, exactly once. */
    void handle(HttpRequest head, byte[] body, ClientConnection connection);
}
