package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ringback.gateway.connection.BodySink;
import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.overload.Shortage;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.CloseReason;
import dev.ringback.protocol.WebSocketEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests away that the gateway can't carry now, each in the way that makes its client come back, and not at once: an
 * EventSource gives up for ever after an error status, and a browser does not see the status of a WebSocket that was refused.
 */
public final class TurnAway implements RequestHandler {
    private static final int CLOSE_FRAME_BYTES = 128;

    private final Overload overload;
    private final Shortage shortage;

    /** For connections that are one too many: whatever they ask. */
    public TurnAway(Overload overload, Shortage shortage) {
        this.overload = overload;
        this.shortage = shortage;
    }

    @Override
    public void handle(HttpRequest head, byte[] body, ClientConnection connection) {
        try {
            answer(new Request(head, body), connection, overload, shortage);
        } catch (Rejection rejection) {
            connection.reply(rejection.reply());
        }
    }

    /** Nobody's body is waited for that is not wanted. */
    @Override
    public @Nullable BodySink receive(HttpRequest head, ClientConnection connection) {
        if (head.method().equals(HttpMethod.GET) || head.method().equals(HttpMethod.HEAD)) {
            return null;
        }
        overload.turnedAway(shortage).increment();
        return new RefusedBody(refusal(overload, shortage), connection);
    }

    /** What this request can't be taken for; null where it can. */
    static @Nullable Shortage shortage(Request request, Overload overload) {
        boolean refused = switch (overload.pressure()) {
            case NONE -> false;
            case HIGH -> isWait(request);
            case CRITICAL -> !isWorkerEvent(request);
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
        if (WebSocketUpgrade.isAskedFor(request)) {
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
        if (!request.method().equals(HttpMethod.GET)) {
            return false;
        }
        Duration wish = request.wish();
        boolean isHeld = wish == null ? isNamed(request, "result") : !wish.isZero();
        return isHeld || WebSocketUpgrade.isAskedFor(request) || isStream(request);
    }

    private static boolean isStream(Request request) {
        return request.method().equals(HttpMethod.GET)
                && (request.accepts(JobEndpoint.EVENT_STREAM) || isNamed(request, "events"));
    }

    private static boolean isWorkerEvent(Request request) {
        return request.method().equals(HttpMethod.POST) && isNamed(request, "events");
    }

    private static boolean isNamed(Request request, String last) {
        List<String> segments = request.segments();
        return !segments.isEmpty() && segments.get(segments.size() - 1).equals(last);
    }
}
