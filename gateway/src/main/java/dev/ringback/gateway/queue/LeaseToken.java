package dev.ringback.gateway.queue;

import org.jspecify.annotations.Nullable;

/**
 * By which a worker names its lease: the lease's id, and for how long it was taken, so that each heartbeat gives as much.
 *
 * @param leaseId as the queue and the record know it
 */
public record LeaseToken(String leaseId, long leaseMillis) {
    private static final int MAX_LENGTH = 128;
    private static final int RADIX = 36;
    private static final int MAX_DIGITS = 8;

    /** Reads what {@link #toString} wrote; null where it is nothing of the kind. */
    public static @Nullable LeaseToken parse(String text) {
        int dot = text.lastIndexOf('.');
        String digits = text.substring(dot + 1);
        boolean wellFormed = dot > 0
                && text.length() <= MAX_LENGTH
                && digits.length() <= MAX_DIGITS
                && text.matches("[A-Za-z0-9._-]+")
                && digits.matches("[0-9a-z]+");
        return wellFormed ? new LeaseToken(text.substring(0, dot), Long.parseLong(digits, RADIX)) : null;
    }

    @Override
    public String toString() {
        return leaseId + "." + Long.toString(leaseMillis, RADIX);
    }
}
