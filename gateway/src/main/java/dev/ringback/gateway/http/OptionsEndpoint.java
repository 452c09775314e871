package dev.ringback.gateway.http;

import dev.ringback.gateway.config.CorsConfig;
import dev.ringback.gateway.connection.Reply;
import io.netty.handler.codec.http.HttpHeaderNames;

/**
 * {@code OPTIONS}: what is allowed at a path, and to a browser's preflight, what a page of another site may send there.
 *
 * @param allowed the methods, with commas between
 */
record OptionsEndpoint(String allowed, CorsConfig cors) implements Endpoint {
    private static final String HEADERS =
            "Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, Last-Event-ID, Prefer, Range, X-Correlation-Id, traceparent";

    @Override
    public boolean isPublic() {
        return true;
    }

    @Override
    public void handle(Exchange exchange) {
        Request request = exchange.request();
        Reply reply = Reply.of(204).header("Allow", allowed);
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        boolean preflight = request.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
        if (preflight && origin != null && Origins.isListed(origin, cors.origins())) {
            reply.header("Access-Control-Allow-Methods", allowed)
                    .header("Access-Control-Allow-Headers", HEADERS)
                    .header(
                            "Access-Control-Max-Age",
                            Long.toString(cors.maxAge().toSeconds()));
        }
        exchange.reply(reply);
    }
}
