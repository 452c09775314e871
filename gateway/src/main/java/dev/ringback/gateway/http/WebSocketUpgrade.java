package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.stream.WebSocketStream;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The opening handshake of WebSocket (RFC 6455, section 4.2), checked and ready to be answered. */
final class WebSocketUpgrade {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String SUBPROTOCOL = "ringback.v1";
    private static final int KEY_BYTES = 16;
    private static final int KEY_LENGTH = 24;

    private final WebSocketStream stream;
    private final ByteBuf handshake;

    private WebSocketUpgrade(WebSocketStream stream, ByteBuf handshake) {
        this.stream = stream;
        this.handshake = handshake;
    }

    static boolean isAskedFor(Request request) {
        return request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    /**
     * Checks the handshake.
     *
     * @throws Rejection 400, 403 or 426
     */
    static WebSocketUpgrade accept(Exchange exchange, Services services) {
        Request request = exchange.request();
        Origins.check(request, services.config());
        ByteBuf handshake = handshake(request, exchange.connection());
        WebSocketStream stream = new WebSocketStream(services.streams(), exchange.connection(), exchange.principal());
        return new WebSocketUpgrade(stream, handshake);
    }

    /**
     * The answer to a handshake that is in order; the caller owns it.
     *
     * @throws Rejection 400 or 426
     */
    static ByteBuf handshake(Request request, ClientConnection connection) {
        if (!request.method().equals(HttpMethod.GET)
                || !request.isHttp11()
                || !request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            throw Rejection.badRequest(
                    "upgrade-malformed", "a WebSocket begins with GET, HTTP/1.1 and Connection: Upgrade");
        }
        if (!"13".equals(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            throw upgradeRequired("Sec-WebSocket-Version must be 13");
        }
        String key = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        if (key == null || !isKey(key)) {
            throw Rejection.badRequest("upgrade-malformed", "Sec-WebSocket-Key must be 16 bytes in base 64");
        }
        return encoded(request, connection, key);
    }

    /** 426, for a request that needs a WebSocket. */
    static Rejection upgradeRequired(String detail) {
        Reply reply = Reply.problem(new Problem(426, "upgrade-required", "Upgrade required", detail));
        return new Rejection(reply.header("Upgrade", "websocket").header("Sec-WebSocket-Version", "13"));
    }

    void start() {
        stream.start(handshake);
    }

    void start(JobId id, @Nullable Cursor after) {
        stream.start(handshake, id, after);
    }

    private static boolean isKey(String key) {
        try {
            return key.length() == KEY_LENGTH && Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static ByteBuf encoded(Request request, ClientConnection connection, String key) {
        StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        head.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ");
        head.append(acceptance(key)).append("\r\n");
        boolean offered = request.headers().containsValue(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL, false);
        if (offered) {
            head.append("Sec-WebSocket-Protocol: ").append(SUBPROTOCOL).append("\r\n");
        }
        List<String> headers = connection.answerHeaders();
        for (int i = 0; i < headers.size(); i += 2) {
            head.append(headers.get(i)).append(": ").append(headers.get(i + 1)).append("\r\n");
        }
        byte[] bytes = head.append("\r\n").toString().getBytes(ISO_8859_1);
        return connection.allocator().directBuffer(bytes.length).writeBytes(bytes);
    }

    private static String acceptance(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-1", e);
        }
    }
}
