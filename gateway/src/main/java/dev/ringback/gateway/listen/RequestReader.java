package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.LimitsConfig;
import dev.ringback.protocol.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** A request that is arriving: its head, and its body up to the limit. Confined to the connection's loop. */
final class RequestReader {
    private final HttpRequest head;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

    RequestReader(HttpRequest head) {
        this.head = head;
    }

    HttpRequest head() {
        return head;
    }

    /** What is wrong with the head; null where nothing is. */
    @Nullable Problem problem(LimitsConfig limits) {
        return head.decoderResult().isFailure()
                ? Malformed.problem(head.decoderResult().cause())
                : Malformed.problem(head, limits);
    }

    /** Takes more of the body; null where it could, else what is wrong. */
    @Nullable Problem add(HttpContent part, LimitsConfig limits) {
        if (part.decoderResult().isFailure()) {
            return Malformed.problem(part.decoderResult().cause());
        }
        ByteBuf content = part.content();
        if (body.size() + content.readableBytes() > limits.bodyBytes()) {
            return Malformed.tooLarge(limits.bodyBytes());
        }
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        body.writeBytes(bytes);
        return null;
    }

    byte[] body() {
        return body.toByteArray();
    }
}
