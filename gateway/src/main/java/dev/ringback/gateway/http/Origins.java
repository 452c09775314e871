package dev.ringback.gateway.http;

import dev.ringback.gateway.config.GatewayConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.URI;
import java.util.List;
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
    static void check(Request request, GatewayConfig config) {
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        boolean allowed = origin == null
                || isOwn(origin, request.headers().get(HttpHeaderNames.HOST))
                || isListed(origin, config.webSocket().origins())
                || isListed(origin, config.cors().origins());
        if (!allowed) {
            throw Rejection.of(
                    403,
                    "origin-refused",
                    "Origin refused",
                    "this origin is not in cors.origins or websocket.origins, nor the server's own");
        }
    }

    static boolean isListed(String origin, List<String> origins) {
        return origins.contains(origin) || origins.contains("*");
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
