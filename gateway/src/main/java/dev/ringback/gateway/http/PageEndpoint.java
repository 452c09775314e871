package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A page of the gateway's own: one file, which loads nothing else. */
final class PageEndpoint implements Endpoint {
    private static final String POLICY = "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
            + "connect-src %s; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    private final byte[] page;

    private final String policy;

    /**
     * @param file beside this class in the jar
     * @param connects where its script may connect, as Content Security Policy writes it
     */
    PageEndpoint(String file, String connects) {
        page = load(file);
        policy = POLICY.formatted(connects);
    }

    private static byte[] load(String file) {
        try (InputStream in = PageEndpoint.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isPublic() {
        return true;
    }

    @Override
    public void handle(Exchange exchange) {
        exchange.reply(Reply.of(200)
                .header("Content-Security-Policy", policy)
                .header("X-Content-Type-Options", "nosniff")
                .body("text/html; charset=utf-8", page));
    }
}
