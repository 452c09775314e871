package dev.ringback.gateway.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** How what an operator wrote is shown again: on one line, not too long, and without secrets. */
final class Redaction {

    /** Stands for a secret. */
    static final String MASK = "***";

    private static final int MAX_VALUE_CHARACTERS = 60;
    private static final int MAX_MESSAGE_CHARACTERS = 1000;
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?[0-9]{1,30}");
    private static final Pattern REDIS_URI =
            Pattern.compile("(?s)((?:redis|rediss|redis-socket|redis-sentinel|rediss-sentinel)://)(?:.*@)?([^@]*)");
    private static final Pattern SECRET_WORD =
            Pattern.compile("secret|token|passw|pwd|credential|auth|redis|private|apikey|[._-]key|ur[il]$");

    private Redaction() {}

    /** A value for a message: a whole number as it is, anything else quoted, escaped and cut. */
    static String show(String text) {
        return WHOLE_NUMBER.matcher(text).matches() ? text : '"' + escape(text, MAX_VALUE_CHARACTERS) + '"';
    }

    /** A key for a message: without quotes, escaped and cut. */
    static String name(String text) {
        return escape(text, MAX_VALUE_CHARACTERS);
    }

    /** A path or somebody else's message: without quotes, escaped, and cut only where it is absurd. */
    static String plain(String text) {
        return escape(text, MAX_MESSAGE_CHARACTERS);
    }

    /** The value of an unknown key for a message: masked where key or value look as if it were a secret. */
    static String showUnknown(String key, String text) {
        boolean secret = text.indexOf('@') >= 0
                || SECRET_WORD.matcher(key.toLowerCase(Locale.ROOT)).find();
        return secret ? MASK : show(text);
    }

    /** A Redis URI without user name and password; what is no Redis URI is masked as a whole. */
    static String redisUri(String uri) {
        var matcher = REDIS_URI.matcher(uri);
        if (!matcher.matches()) {
            return MASK;
        }
        String credentials = uri.indexOf('@') < 0 ? "" : MASK + "@";
        return matcher.group(1) + credentials + matcher.group(2);
    }

    private static String escape(String text, int maxCharacters) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(maxCharacters).forEach(codePoint -> appendEscaped(shown, codePoint));
        if (text.codePointCount(0, text.length()) > maxCharacters) {
            shown.append('…');
        }
        return shown.toString();
    }

    private static void appendEscaped(StringBuilder to, int codePoint) {
        switch (codePoint) {
            case '"' -> to.append("\\\"");
            case '\\' -> to.append("\\\\");
            case '\n' -> to.append("\\n");
            case '\r' -> to.append("\\r");
            case '\t' -> to.append("\\t");
            default -> {
                if (isPrintable(codePoint)) {
                    to.appendCodePoint(codePoint);
                } else {
                    to.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
                }
            }
        }
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
