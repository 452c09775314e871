package dev.ringback.gateway.http;

import dev.ringback.gateway.config.AdminConfig;
import dev.ringback.gateway.config.GatewayConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other sites' pages from acting in a visitor's name: where a browser states an {@code Origin}, it must be this server's own
 * or a listed one. Other clients state none.
 */
final class Origins {
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");

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

    /**
     * Refuses what only another site's page would ask of the operators' port: a host that is not its own, and a foreign origin. What
     * is listed for clients does not count here.
     *
     * @throws Rejection 421 or 403
     */
    static void checkOperator(Request request, AdminConfig config) {
        checkHost(request, config);
        String host = request.headers().get(HttpHeaderNames.HOST);
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin != null && !isOwn(origin, host)) {
            throw Rejection.of(403, "origin-refused", "Origin refused", "only this port's own page may ask for this");
        }
    }

    /**
     * Refuses a host that is not this machine's own: a page of somebody else's may have its name point here.
     *
     * @throws Rejection 421
     */
    static void checkHost(Request request, AdminConfig config) {
        String host = request.headers().get(HttpHeaderNames.HOST);
        if (host != null && !config.isOwn(PORT.matcher(host).replaceFirst(""))) {
            throw Rejection.of(
                    421, "host-unknown", "Misdirected request", "ask for an address, localhost, or one of admin.names");
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
