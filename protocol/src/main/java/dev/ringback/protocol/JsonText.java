package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;

/** The inside of a JSON string, between its quotes, that is known to be well formed: its characters with the escapes resolved. */
final class JsonText {
    private static final int UNICODE_ESCAPE = 6;

    private JsonText() {}

    static String decode(byte[] json, int from, int to) {
        int backslash = backslash(json, from, to);
        if (backslash == to) {
            return new String(json, from, to - from, UTF_8);
        }
        StringBuilder text = new StringBuilder(to - from);
        int start = from;
        while (backslash < to) {
            text.append(new String(json, start, backslash - start, UTF_8)).append(escaped(json, backslash));
            start = backslash + (json[backslash + 1] == 'u' ? UNICODE_ESCAPE : 2);
            backslash = backslash(json, start, to);
        }
        return text.append(new String(json, start, to - start, UTF_8)).toString();
    }

    static boolean hasEscape(byte[] json, int from, int to) {
        return backslash(json, from, to) < to;
    }

    /** How many bytes the text has in UTF-8, or -1 where half of a surrogate pair makes that impossible. */
    static int encodedLength(String text) {
        return text.codePoints().anyMatch(JsonText::isSurrogate) ? -1 : text.getBytes(UTF_8).length;
    }

    /** True for half of a surrogate pair, which stands for no character. */
    static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static int backslash(byte[] json, int from, int to) {
        int at = from;
        while (at < to && json[at] != '\\') {
            at++;
        }
        return at;
    }

    private static char escaped(byte[] json, int backslash) {
        byte b = json[backslash + 1];
        return switch (b) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode(json, backslash + 2);
            default -> (char) b;
        };
    }

    private static char unicode(byte[] json, int digits) {
        int unit = 0;
        for (int at = digits; at < digits + 4; at++) {
            unit = unit << 4 | HexFormat.fromHexDigit(json[at]);
        }
        return (char) unit;
    }
}
