package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.LimitsConfig;
import dev.ringback.gateway.connection.BodySink;
import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.http.RequestHandler;
import dev.ringback.protocol.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A request that is arriving: its head, and its body, which is gathered up to the limit, or handed on in parts where the handler has
 * a sink for it. Confined to the connection's loop.
 */
final class RequestReader {
    /** {@code limits.body-timeout} is for the whole of a body that is gathered, and for each so many bytes of one that is not. */
    private static final int TIMED_BYTES = 65_536;

    private final HttpRequest head;
    private RequestHandler handler;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable BodySink sink;
    private boolean continueDue;
    private boolean receiving;
    private int bytesInTime;

    /** @param handler takes the request when it is whole, or its body in parts */
    RequestReader(HttpRequest head, RequestHandler handler) {
        this.head = head;
        this.handler = handler;
    }

    /** Hands the request to another than it was meant for. */
    void divertTo(RequestHandler other) {
        handler = other;
    }

    /** Looks at the head, and asks who takes the body; what is wrong, null where nothing is. */
    @Nullable Problem begin(ClientConnection connection, LimitsConfig limits) {
        Problem problem = head.decoderResult().isFailure()
                ? Malformed.problem(head.decoderResult().cause())
                : Malformed.problem(head);
        if (problem != null) {
            return problem;
        }
        continueDue = HttpUtil.is100ContinueExpected(head);
        sink = handler.receive(head, connection);
        return sink == null ? Malformed.bodyProblem(head, limits) : null;
    }

    /** Who takes the body in parts; null where it is gathered. */
    @Nullable BodySink sink() {
        return sink;
    }

    /** Takes more of the body; null where it could, else what is wrong. */
    @Nullable Problem add(HttpContent part, LimitsConfig limits) {
        if (part.decoderResult().isFailure()) {
            return Malformed.problemOfBody(part.decoderResult().cause());
        }
        ByteBuf content = part.content();
        if (sink != null) {
            bytesInTime += content.readableBytes();
            sink.onPart(content);
            return null;
        }
        if (body.size() + content.readableBytes() > limits.bodyBytes()) {
            return Malformed.tooLarge(limits.bodyBytes());
        }
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        body.writeBytes(bytes);
        return null;
    }

    /** Whether the client waits to hear that it may send the body; true once. */
    boolean takeContinue() {
        boolean due = continueDue;
        continueDue = false;
        return due;
    }

    void setReceiving(boolean wanted) {
        receiving = wanted;
        bytesInTime = 0;
    }

    /** Whether the client has sent so much of a body in parts that its time begins anew. */
    boolean takeNewTime() {
        boolean due = receiving && bytesInTime >= TIMED_BYTES;
        bytesInTime = due ? 0 : bytesInTime;
        return due;
    }

    /** The body is whole: hands over what was gathered, or tells the sink. */
    void end(ClientConnection connection) {
        if (sink != null) {
            sink.onEnd();
        } else {
            handler.handle(head, body.toByteArray(), connection);
        }
    }

    /** The body will never be whole. */
    void abort() {
        if (sink != null) {
            sink.onAborted();
        }
    }
}
