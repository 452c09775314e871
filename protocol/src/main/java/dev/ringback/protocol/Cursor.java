package dev.ringback.protocol;

import org.jspecify.annotations.Nullable;

/**
 * How far a client has followed one job, {@code <incarnation>-<version>}: an SSE id, and inside {@code W/"…"} an ETag.
 *
 * @param incarnation tells one life of a job id from the next
 * @param version at least 1
 */
public record Cursor(String incarnation, long version) {
    private static final int MAX_INCARNATION_LENGTH = 32;
    private static final int MAX_VERSION_DIGITS = 18;

    public Cursor {
        if (!isIncarnation(incarnation) || version < 1) {
            throw new IllegalArgumentException("not a cursor: " + incarnation + "-" + version);
        }
    }

    /** Reads a cursor as clients send it back, bare or as an ETag; null where it is malformed or oversized, which counts as none. */
    public static @Nullable Cursor parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String bare = unquoted(text.strip());
        int dash = bare.lastIndexOf('-');
        int digits = bare.length() - dash - 1;
        if (dash < 1 || digits < 1 || digits > MAX_VERSION_DIGITS || !isIncarnation(bare.substring(0, dash))) {
            return null;
        }
        long version = 0;
        for (int i = dash + 1; i < bare.length(); i++) {
            int digit = bare.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            version = version * 10 + digit;
        }
        return version < 1 ? null : new Cursor(bare.substring(0, dash), version);
    }

    /** True where the text may name an incarnation: 1 to 32 letters and digits. */
    static boolean isIncarnation(String text) {
        if (text.isEmpty() || text.length() > MAX_INCARNATION_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 128 || !Character.isLetterOrDigit(c)) {
                return false;
            }
        }
        return true;
    }

    private static String unquoted(String text) {
        String weak = text.startsWith("W/") ? text.substring(2) : text;
        boolean quoted = weak.length() >= 2 && weak.startsWith("\"") && weak.endsWith("\"");
        return quoted ? weak.substring(1, weak.length() - 1) : weak;
    }

    /** The cursor as a weak entity tag (RFC 9110, section 8.8.3). */
    public String etag() {
        return "W/\"" + this + "\"";
    }

    @Override
    public String toString() {
        return incarnation + "-" + version;
    }
}
