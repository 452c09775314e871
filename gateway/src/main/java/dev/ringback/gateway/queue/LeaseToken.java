package dev.ringback.gateway.queue;

import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The id of a lease, which says for how long it was taken, so that each heartbeat gives as much: {@code <random>.<milliseconds>}, the
 * latter to the base 36. The queue, the record and the worker know it as a whole.
 */
public record LeaseToken(String leaseId, long leaseMillis) {
    private static final int MAX_LENGTH = 128;
    private static final int RANDOM_BYTES = 16;
    private static final int RADIX = 36;
    private static final int MAX_DIGITS = 8;

    /** A name that nobody can guess. */
    static String newName(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static LeaseToken of(String name, long leaseMillis) {
        return new LeaseToken(name + "." + Long.toString(leaseMillis, RADIX), leaseMillis);
    }

    /** Reads one; null where it is nothing of the kind. */
    public static @Nullable LeaseToken parse(String text) {
        int dot = text.lastIndexOf('.');
        String digits = text.substring(dot + 1);
        boolean wellFormed = dot > 0
                && text.length() <= MAX_LENGTH
                && digits.length() <= MAX_DIGITS
                && text.matches("[A-Za-z0-9._-]+")
                && digits.matches("[0-9a-z]+");
        return wellFormed ? new LeaseToken(text, Long.parseLong(digits, RADIX)) : null;
    }

    @Override
    public String toString() {
        return leaseId;
    }
}
