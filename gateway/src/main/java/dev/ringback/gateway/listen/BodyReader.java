package dev.ringback.gateway.listen;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import java.io.ByteArrayOutputStream;

/** A request whose body is still arriving, up to a limit. Confined to the connection's loop. */
final class BodyReader {
    private final HttpRequest head;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

    BodyReader(HttpRequest head) {
        this.head = head;
    }

    HttpRequest head() {
        return head;
    }

    /** Takes more of the body; false where it is more than the limit allows. */
    boolean add(ByteBuf content, long limit) {
        if (body.size() + content.readableBytes() > limit) {
            return false;
        }
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        body.writeBytes(bytes);
        return true;
    }

    byte[] body() {
        return body.toByteArray();
    }
}
