package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.connection.DateLine;
import dev.ringback.gateway.connection.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a reply as HTTP/1.1 (RFC 9112), head and body in one buffer. */
final class ReplyEncoder {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyEncoder.class);
    private static final int HEAD_BYTES = 384;

    private ReplyEncoder() {}

    /**
     * The bytes of an answer; the caller owns them.
     *
     * @param headOnly whether the request was HEAD: the length is stated, the body left out
     * @param closing whether the connection ends with it
     */
    static ByteBuf encode(Reply reply, boolean headOnly, boolean closing, ByteBufAllocator allocator) {
        byte[] body = reply.body();
        ByteBuf out = allocator.directBuffer(HEAD_BYTES + body.length);
        ascii(out, "HTTP/1.1 ");
        ascii(out, HttpResponseStatus.valueOf(reply.status()).toString());
        ascii(out, "\r\n");
        out.writeBytes(DateLine.now());
        List<String> headers = reply.headers();
        for (int i = 0; i < headers.size(); i += 2) {
            header(out, headers.get(i), headers.get(i + 1));
        }
        if (!reply.contentType().isEmpty()) {
            header(out, "Content-Type", reply.contentType());
        }
        if (reply.status() != 204 && reply.status() != 304 && reply.isSized()) {
            header(out, "Content-Length", Long.toString(reply.length()));
        }
        String connection = closing ? "close" : "keep-alive";
        header(out, "Connection", headers.contains("Upgrade") ? connection + ", Upgrade" : connection);
        ascii(out, "\r\n");
        if (!headOnly) {
            out.writeBytes(body);
        }
        return out;
    }

    /** A value that could end the line is left out with its name: an answer without it is better than none. */
    private static void header(ByteBuf out, String name, String value) {
        if (!value.chars().allMatch(c -> c >= ' ' && c < 127)) {
            LOG.error("header {} has a value that is not printable ASCII, and is left out", name);
            return;
        }
        ascii(out, name);
        ascii(out, ": ");
        ascii(out, value);
        ascii(out, "\r\n");
    }

    private static void ascii(ByteBuf out, String text) {
        out.writeCharSequence(text, ISO_8859_1);
    }
}
