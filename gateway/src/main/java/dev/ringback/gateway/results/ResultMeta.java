package dev.ringback.gateway.results;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What uploaded bytes are.
 *
 * @param mediaType as the worker stated it, printable ASCII
 * @param sha256 of the bytes, in hexadecimal
 */
public record ResultMeta(String mediaType, long length, String sha256) {
    public static final int MAX_MEDIA_TYPE = 128;

    private static final int TAG_DIGITS = 32;
    private static final Pattern TEXT = Pattern.compile("1 ([0-9]{1,18}) ([0-9a-f]{64}) ([ -~]{1,128})");

    public ResultMeta {
        if (length < 0 || !TEXT.matcher(text(mediaType, length, sha256)).matches()) {
            throw new IllegalArgumentException(length + " bytes of " + mediaType + ", " + sha256);
        }
    }

    /** A strong entity tag (RFC 9110, section 8.8.3): other bytes have another. */
    public String etag() {
        return '"' + sha256.substring(0, TAG_DIGITS) + '"';
    }

    /** How stores keep it: one line of ASCII that begins with its format's number. */
    String text() {
        return text(mediaType, length, sha256);
    }

    private static String text(String mediaType, long length, String sha256) {
        return "1 " + length + " " + sha256 + " " + mediaType;
    }

    /** What {@link #text} wrote; null for anything else. */
    static @Nullable ResultMeta parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches() ? new ResultMeta(parts.group(3), Long.parseLong(parts.group(1)), parts.group(2)) : null;
    }
}
