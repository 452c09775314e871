package dev.ringback.loadtest.client;

import java.util.Locale;

/**
 * What the harness writes into each event: a JSON object with the moment at which the event was due, by {@link System#nanoTime()},
 * which all processes of one machine share, and whatever makes up the size.
 */
public final class EventStamp {
    /** The smallest event. */
    public static final int LEAST_BYTES = 25;

    /** Tells the moment from everything else in a document. */
    static final char MARK = '@';

    static final int DIGITS = 13;
    private static final String START = "{\"d\":\"" + MARK;
    private static final String END = "\"}";

    private EventStamp() {}

    /** An object of so many bytes, in ASCII. */
    public static String value(long dueNanos, int bytes) {
        String digits = Long.toString(dueNanos, Character.MAX_RADIX).toLowerCase(Locale.ROOT);
        StringBuilder text = new StringBuilder(bytes).append(START);
        text.append("0".repeat(DIGITS - digits.length())).append(digits);
        return text.append("x".repeat(Math.max(0, bytes - text.length() - END.length())))
                .append(END)
                .toString();
    }
}
