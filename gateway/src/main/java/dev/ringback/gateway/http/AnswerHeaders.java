package dev.ringback.gateway.http;

import dev.ringback.gateway.config.CorsConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.ArrayList;
import java.util.List;

/**
 * What each answer to a request carries because of the request's own headers, streams included: whose page may read it (CORS), and
 * what ties it to the caller's logs and traces.
 */
final class AnswerHeaders {
    static final String CORRELATION_ID = "X-Correlation-Id";
    static final String TRACE_PARENT = "traceparent";
    private static final String EXPOSED =
            "Accept-Ranges, Content-Range, ETag, Link, Location, Preference-Applied, Retry-After, X-Correlation-Id, traceparent";
    private static final List<String> ECHOED = List.of(CORRELATION_ID, TRACE_PARENT);
    private static final int MAX_ECHOED = 256;

    private AnswerHeaders() {}

    /** Names and values in turn; empty for most requests. */
    static List<String> of(Request request, CorsConfig cors) {
        List<String> headers = new ArrayList<>(0);
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin != null && Origins.isListed(origin, cors.origins())) {
            add(headers, "Access-Control-Allow-Origin", origin);
            add(headers, "Access-Control-Expose-Headers", EXPOSED);
            add(headers, "Vary", "Origin");
        }
        for (String name : ECHOED) {
            String value = request.headers().get(name);
            if (value != null && isEchoed(value)) {
                add(headers, name, value);
            }
        }
        return headers;
    }

    /** Whether a client's value may stand in our answers, documents and logs. */
    static boolean isEchoed(String value) {
        return !value.isEmpty() && value.length() <= MAX_ECHOED && value.chars().allMatch(c -> c >= ' ' && c < 127);
    }

    private static void add(List<String> headers, String name, String value) {
        headers.add(name);
        headers.add(value);
    }
}
