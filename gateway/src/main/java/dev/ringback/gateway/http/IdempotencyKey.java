package dev.ringback.gateway.http;

import org.jspecify.annotations.Nullable;

/** What {@code Idempotency-Key} says: bare, as most clients send it, or quoted, as its draft has it (a string of RFC 8941). */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";
    private static final int MAX_LENGTH = 255;

    private IdempotencyKey() {}

    /**
     * The request's key, without its quotes; null where it has none.
     *
     * @throws Rejection 400 where it is malformed, or there are several
     */
    static @Nullable String of(Request request) {
        var lines = request.headers().getAll(HEADER);
        if (lines.isEmpty()) {
            return null;
        }
        String text = lines.get(0).strip();
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        String key = quoted ? text.substring(1, text.length() - 1) : text;
        boolean printable = key.chars().allMatch(c -> c > ' ' - 1 && c < 127 && c != '"');
        if (lines.size() > 1 || key.isEmpty() || key.length() > MAX_LENGTH || !printable) {
            throw Rejection.badRequest(
                    "idempotency-key-malformed",
                    "Idempotency-Key must be given once and have 1 to " + MAX_LENGTH
                            + " printable ASCII characters, with quotes around it or not, but none inside");
        }
        return key;
    }
}
