package dev.ringback.loadtest.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.server.ServerKind;
import dev.ringback.loadtest.server.ServerKind.Change;
import dev.ringback.loadtest.server.ServerKind.Post;
import java.util.Locale;

/** Events over HTTP/1.1. */
final class HttpCodec implements Codec {
    private static final String HEAD_END = "\r\n\r\n";
    private static final String LENGTH = "\r\ncontent-length: ";
    private static final String CHUNKED = "\r\ntransfer-encoding: chunked";
    private static final String LAST_CHUNK = "\r\n0\r\n\r\n";
    private static final int STATUS_START = "HTTP/1.1 ".length();

    private final Target target;
    private final ServerKind kind;

    HttpCodec(Target target, ServerKind kind) {
        this.target = target;
        this.kind = kind;
    }

    @Override
    public byte[] greeting() {
        return new byte[0];
    }

    @Override
    public byte[] change(Change change) {
        Post post = kind.post(change);
        return request("POST", post.path(), post.body());
    }

    @Override
    public byte[] create(String job) {
        return request("PUT", "/jobs/" + job, "{\"type\":\"load\"}");
    }

    private byte[] request(String method, String path, String body) {
        return (method + " " + path + " HTTP/1.1\r\nHost: " + target.authority()
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(ISO_8859_1);
    }

    @Override
    public int answer(byte[] bytes, int from, int to, Answer into) {
        String text = new String(bytes, from, to - from, ISO_8859_1);
        int headEnd = text.indexOf(HEAD_END);
        if (headEnd < 0) {
            return NEEDS_MORE;
        }
        int bodyStart = headEnd + HEAD_END.length();
        String head = text.substring(0, headEnd + 2).toLowerCase(Locale.ROOT);
        int lengthAt = head.indexOf(LENGTH);
        int end = bodyStart;
        if (lengthAt >= 0) {
            int digits = lengthAt + LENGTH.length();
            end += Integer.parseInt(head.substring(digits, head.indexOf("\r\n", digits)));
        } else if (head.contains(CHUNKED)) {
            int last = text.indexOf(LAST_CHUNK, headEnd + 2);
            end = last < 0 ? Integer.MAX_VALUE : last + LAST_CHUNK.length();
        }
        if (end > text.length()) {
            return NEEDS_MORE;
        }
        String status = text.substring(STATUS_START, STATUS_START + 3);
        into.accepted = status.startsWith("2");
        into.reason = "HTTP " + status;
        into.version = Versions.in(text, bodyStart, end);
        return from + end;
    }
}
