package dev.ringback.loadtest.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response's status line and fields.
 *
 * @param fields by their names in lower case
 */
record ResponseHead(int status, Map<String, String> fields) {
    static final byte[] END = {'\r', '\n', '\r', '\n'};

    /**
     * Reads everything before the empty line.
     *
     * @throws WireException where it is no HTTP/1.1 response that this client can follow
     */
    static ResponseHead parse(String text) throws WireException {
        String[] lines = text.split("\r\n", -1);
        String[] start = lines[0].split(" ", 3);
        if (start.length < 2 || !start[0].startsWith("HTTP/1.") || !start[1].matches("[1-5][0-9][0-9]")) {
            throw new WireException("not an HTTP response: " + lines[0]);
        }
        Map<String, String> fields = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
                fields.put(name, lines[i].substring(colon + 1).strip());
            }
        }
        if (fields.containsKey("transfer-encoding")) {
            throw new WireException("a chunked response, which a gateway spoken to directly does not send");
        }
        return new ResponseHead(Integer.parseInt(start[1]), fields);
    }

    @Nullable String field(String lowerCaseName) {
        return fields.get(lowerCaseName);
    }

    /** How many bytes the body has. */
    int contentLength() throws WireException {
        if (status == 204 || status == 304) {
            return 0;
        }
        String length = field("content-length");
        if (length == null || !length.matches("[0-9]{1,9}")) {
            throw new WireException("HTTP " + status + " with Content-Length " + length);
        }
        return Integer.parseInt(length);
    }

    /** When to come back; {@link Hearer#NO_DELAY} where nothing, or no number of seconds, is said. */
    long retryAfterMillis() {
        String seconds = field("retry-after");
        boolean readable = seconds != null && seconds.matches("[0-9]{1,9}");
        return readable ? Duration.ofSeconds(Long.parseLong(seconds)).toMillis() : Hearer.NO_DELAY;
    }

    boolean closes() {
        return "close".equalsIgnoreCase(field("connection"));
    }
}
