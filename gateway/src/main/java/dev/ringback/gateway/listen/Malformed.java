package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.LimitsConfig;
import dev.ringback.protocol.Problem;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Requests that can't be read to the end: after each of these answers the connection closes. */
final class Malformed {
    /** {@code uri-host [ ":" port ]} of RFC 9112, section 3.2; empty is legal. */
    private static final Pattern HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~%!$&'()*+,;=-]*)(:[0-9]*)?");

    private Malformed() {}

    /** What the decoder's failure means to the client. */
    static Problem problem(Throwable failure) {
        if (failure instanceof TooLongHttpLineException) {
            return new Problem(414, "target-too-long", "Target too long", "limits.request-line-bytes is smaller");
        }
        if (failure instanceof TooLongHttpHeaderException) {
            return new Problem(431, "headers-too-large", "Headers too large", "limits.header-bytes is smaller");
        }
        return new Problem(400, "request-malformed", "Not an HTTP/1.1 request", "the request could not be parsed");
    }

    /** What is wrong with a head that could be parsed; null where nothing is. */
    static @Nullable Problem problem(HttpRequest head) {
        HttpVersion version = head.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return new Problem(505, "version-unsupported", "HTTP version not supported", "send HTTP/1.1 or HTTP/1.0");
        }
        if (!isTarget(head.uri())) {
            return new Problem(400, "target-malformed", "Not a request target", "a target is visible ASCII without #");
        }
        int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && version.equals(HttpVersion.HTTP_1_1))) {
            return new Problem(400, "host-missing", "One Host header", "HTTP/1.1 needs exactly one Host header");
        }
        if (!HOST.matcher(head.headers().get(HttpHeaderNames.HOST, "")).matches()) {
            return new Problem(400, "host-malformed", "One Host header", "Host must be a name or address, and a port");
        }
        List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty() && (codings.size() > 1 || !codings.get(0).equalsIgnoreCase("chunked"))) {
            return new Problem(
                    501, "coding-unsupported", "Transfer coding not supported", "only chunked is understood");
        }
        if (head.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)
                && head.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY2)) {
            // Netty takes 8 bytes behind such a head, which states no length, for its body, as a draft of WebSocket had
            // it.
            return new Problem(
                    400, "upgrade-malformed", "Not a WebSocket of RFC 6455", "Sec-WebSocket-Key1 is of a draft");
        }
        String expect = head.headers().get(HttpHeaderNames.EXPECT);
        if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
            return new Problem(417, "expectation-failed", "Expectation failed", "only 100-continue is understood");
        }
        return null;
    }

    /** A fragment is never sent, and what is not visible ASCII is sent in escapes (RFC 9112, section 3.2; RFC 3986). */
    private static boolean isTarget(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~' || c == '#') {
                return false;
            }
        }
        return true;
    }

    /** What the decoder's failure in a body means: trailers have the limit of headers, and a chunk's line is no request line. */
    static Problem problemOfBody(Throwable failure) {
        if (failure instanceof TooLongHttpHeaderException) {
            return problem(failure);
        }
        return new Problem(400, "body-malformed", "Not a chunked body", "the body's chunks could not be parsed");
    }

    /** What is wrong with the length of a body that is to be gathered; null where nothing is. */
    static @Nullable Problem bodyProblem(HttpRequest head, LimitsConfig limits) {
        return HttpUtil.getContentLength(head, 0L) > limits.bodyBytes() ? tooLarge(limits.bodyBytes()) : null;
    }

    static Problem tooLarge(long limit) {
        return new Problem(413, "body-too-large", "Body too large", "at most " + limit + " bytes: limits.body-bytes");
    }

    static Problem tooSlow() {
        return new Problem(
                408,
                "request-timeout",
                "Request timeout",
                "it took longer than limits.header-timeout or limits.body-timeout");
    }

    static Problem noAnswer() {
        return new Problem(503, "no-answer", "No answer in time", "the gateway could not answer in time");
    }
}
