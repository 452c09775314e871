package dev.ringback.gateway.http;

import dev.ringback.gateway.config.WebSocketConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other sites' pages from acting in a visitor's name: where a browser states an {@code Origin}, it must be this server's own
 * or a listed one. Other clients state none.
 */
final class Origins {
    private Origins() {}

    /**
     * Refuses a foreign origin.
     *
     * @throws Rejection 403
     */
    static void check(Request request, WebSocketConfig config) {
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin == null || isOwn(origin, request.headers().get(HttpHeaderNames.HOST))) {
            return;
        }
        if (!config.origins().contains("*") && !config.origins().contains(origin)) {
            throw Rejection.of(
                    403,
                    "origin-refused",
                    "Origin refused",
                    "this origin is not in websocket.origins, nor the server's own");
        }
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority != null && host != null && authority.equals(host.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
