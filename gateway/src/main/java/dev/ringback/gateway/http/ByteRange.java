package dev.ringback.gateway.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Part of a result (RFC 9110, section 14), both ends included; {@link #NONE} where nothing of it is there. */
record ByteRange(long from, long to) {
    /** A range that begins behind the end. */
    static final ByteRange NONE = new ByteRange(0, -1);

    private static final int MAX_DIGITS = 18;
    private static final Pattern ONE_RANGE = Pattern.compile("(?i)bytes=[ \\t]*([0-9]*)-([0-9]*)[ \\t]*");

    static ByteRange whole(long length) {
        return new ByteRange(0, length - 1);
    }

    /** What the header asks for of so many bytes; null where it is to be passed over: malformed, or of several ranges. */
    static @Nullable ByteRange of(String header, long length) {
        Matcher range = ONE_RANGE.matcher(header);
        if (!range.matches()) {
            return null;
        }
        String first = range.group(1);
        String last = range.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? null : suffix(number(last), length);
        }
        long from = number(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : number(last);
        if (to < from) {
            return null;
        }
        return from >= length ? NONE : new ByteRange(from, Math.min(to, length - 1));
    }

    private static @Nullable ByteRange suffix(long count, long length) {
        if (count == 0) {
            return NONE;
        }
        // Of nothing the last bytes are nothing, which no Content-Range can say.
        return length == 0 ? null : new ByteRange(Math.max(0, length - count), length - 1);
    }

    private static long number(String digits) {
        return digits.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
    }

    long length() {
        return to - from + 1;
    }
}
