package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ringback.gateway.config.CorsConfig;
import dev.ringback.gateway.connection.BodySink;
import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.HeadedConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.overload.Shortage;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.CloseReason;
import dev.ringback.protocol.WebSocketEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests away that the gateway can't carry now, each in the way that makes its client come back, and not at once: an
 * EventSource gives up for ever after an error status, and a browser does not see the status of a WebSocket that was refused.
 */
public final class TurnAway implements RequestHandler {
    private static final int CLOSE_FRAME_BYTES = 128;

    private static final String METHODS = "DELETE, GET, HEAD, OPTIONS, POST, PUT";
    private static final byte[] NO_BODY = {};

    private final Overload overload;
    private final Shortage shortage;
    private final CorsConfig cors;

    /** For connections that are one too many: whatever they ask. */
    public TurnAway(Overload overload, Shortage shortage, CorsConfig cors) {
        this.overload = overload;
        this.shortage = shortage;
        this.cors = cors;
    }

    @Override
    public void handle(HttpRequest head, byte[] body, ClientConnection client) {
        ClientConnection connection = client;
        try {
            Request request = new Request(head, body);
            // A page of another site must be able to read when to come back.
            connection = new HeadedConnection(client, AnswerHeaders.of(request, cors));
            if (head.method().equals(HttpMethod.OPTIONS)) {
                new OptionsEndpoint(METHODS, cors).handle(new Exchange(request, Principal.NOBODY, connection));
            } else {
                answer(request, connection, overload, shortage);
            }
        } catch (Rejection rejection) {
            connection.reply(rejection.reply());
        }
    }

    /** Nobody's body is waited for that is not wanted. */
    @Override
    public @Nullable BodySink receive(HttpRequest head, ClientConnection connection) {
        boolean hasBody = HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
        return hasBody ? refusedBody(head, connection, overload, shortage, cors) : null;
    }

    /** Answers before the body has come; null where the head is malformed, which is answered when the request is whole. */
    static @Nullable BodySink refusedBody(
            HttpRequest head, ClientConnection connection, Overload overload, Shortage shortage, CorsConfig cors) {
        try {
            List<String> headers = AnswerHeaders.of(new Request(head, NO_BODY), cors);
            overload.turnedAway(shortage).increment();
            return new RefusedBody(refusal(overload, shortage), new HeadedConnection(connection, headers));
        } catch (Rejection toBeAnsweredWhenWhole) {
            return null;
        }
    }

    /** What this request can't be taken for; null where it can. */
    static @Nullable Shortage shortage(Request request, Overload overload) {
        boolean refused = switch (overload.pressure()) {
            case NONE -> false;
            case HIGH -> isWait(request);
            case CRITICAL -> !isWorkerEvent(request) && !request.method().equals(HttpMethod.OPTIONS);
        };
        return refused ? Shortage.MEMORY : null;
    }

    /**
     * Answers a request that is not taken.
     *
     * @throws Rejection where it is malformed
     */
    static void answer(Request request, ClientConnection connection, Overload overload, Shortage shortage) {
        overload.turnedAway(shortage).increment();
        if (isWebSocket(request)) {
            refuseWebSocket(request, connection, overload);
        } else if (isStream(request)) {
            byte[] retry = ("retry: " + overload.retryMillis() + "\n\n").getBytes(US_ASCII);
            connection.reply(
                    Reply.stream().body(JobEndpoint.EVENT_STREAM, retry).closing());
        } else {
            connection.reply(refusal(overload, shortage));
        }
    }

    /** 503, and when to come back. */
    static Reply refusal(Overload overload, Shortage shortage) {
        return JobReplies.about(Reply.problem(shortage.problem()))
                .header("Retry-After", Long.toString(overload.retrySeconds()));
    }

    private static void refuseWebSocket(Request request, ClientConnection connection, Overload overload) {
        ByteBuf handshake = WebSocketUpgrade.handshake(request, connection);
        ByteBuf close = connection.allocator().directBuffer(CLOSE_FRAME_BYTES);
        String reason = CloseReason.OVERLOAD.text() + ", reconnect after " + overload.retryMillis() + " ms";
        WebSocketEncoder.close(CloseReason.OVERLOAD.code(), reason, close);
        connection.write(handshake);
        connection.write(close);
        connection.closeAfterWrites();
    }

    private static boolean isWait(Request request) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return false;
        }
        Duration wish = request.wish();
        boolean isHeld = wish == null ? isOfJob(request, "result") : !wish.isZero();
        return isHeld || isWebSocket(request) || isStream(request);
    }

    private static boolean isWebSocket(Request request) {
        return request.method().equals(HttpMethod.GET) && WebSocketUpgrade.isAskedFor(request);
    }

    private static boolean isStream(Request request) {
        boolean isStreamsPath = isOfJob(request, "events") || request.segments().equals(List.of("events"));
        return request.method().equals(HttpMethod.GET) && (isStreamsPath || request.accepts(JobEndpoint.EVENT_STREAM));
    }

    static boolean isWorkerEvent(Request request) {
        return request.method().equals(HttpMethod.POST) && isOfJob(request, "events");
    }

    /** Whether the path is {@code /jobs/{id}/} and this. */
    private static boolean isOfJob(Request request, String last) {
        List<String> segments = request.segments();
        return segments.size() == 3 && segments.get(2).equals(last);
    }
}
