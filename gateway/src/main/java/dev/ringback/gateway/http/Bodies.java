package dev.ringback.gateway.http;

import dev.ringback.gateway.config.GatewayConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Locale;

/** What requests that change something must look like. */
final class Bodies {
    private Bodies() {}

    /**
     * The JSON that came with the request. Types that curl and simple forms send are taken for JSON too.
     *
     * @throws Rejection 400 without a body, 403 from another site's page, 415 with another type
     */
    static byte[] json(Exchange exchange, Services services) {
        return json(exchange.request(), services.config());
    }

    /** The same without the services. */
    static byte[] json(Request request, GatewayConfig config) {
        Origins.check(request, config);
        String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
        String media = type.split(";", 2)[0].strip();
        boolean taken = media.isEmpty()
                || media.equals("application/json")
                || media.endsWith("+json")
                || media.equals("text/plain")
                || media.equals("application/x-www-form-urlencoded");
        if (!taken) {
            throw Rejection.of(415, "media-type-unsupported", "Unsupported media type", "send application/json");
        }
        if (request.body().length == 0) {
            throw Rejection.badRequest("body-missing", "send a JSON object");
        }
        return request.body();
    }
}
