package dev.ringback.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a client has followed several jobs on one stream: a hash of their incarnations, then the version of each in the order
 * of the request, base 36, joined by dots. Version 0 is a job of which nothing was sent.
 *
 * @param hash six characters, the same only while no job has begun a new life
 */
public record CursorVector(String hash, List<Long> versions) {
    /** Beyond this many bytes a {@code Last-Event-ID} would cost browsers a CORS preflight. */
    public static final int MAX_LENGTH = 128;
    /** So many jobs fit with versions of up to four digits, which is 1.6 million changes each. */
    public static final int MAX_JOBS = 24;

    private static final int RADIX = 36;
    private static final int HASH_LENGTH = 6;
    private static final int HASH_SPACE = 36 * 36 * 36 * 36 * 36;

    public CursorVector {
        versions = List.copyOf(versions);
    }

    /** Reads a vector as clients send it back; null where it is malformed or oversized, which counts as none. */
    public static @Nullable CursorVector parse(@Nullable String text) {
        if (text == null || text.length() > MAX_LENGTH || text.length() < HASH_LENGTH + 2) {
            return null;
        }
        String[] parts = text.split("\\.", -1);
        Long[] versions = new Long[parts.length - 1];
        boolean digits = text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
        if (parts[0].length() != HASH_LENGTH || !digits) {
            return null;
        }
        try {
            for (int i = 1; i < parts.length; i++) {
                versions[i - 1] = Long.parseLong(parts[i], RADIX);
            }
        } catch (NumberFormatException e) {
            return null;
        }
        return new CursorVector(parts[0], List.of(versions));
    }

    /** The hash of the incarnations in order; the empty string stands for a job that is not there. */
    public static String hashOf(List<String> incarnations) {
        int hash = 17;
        for (String incarnation : incarnations) {
            hash = 31 * hash + incarnation.hashCode() * 0x9E3779B9;
        }
        hash = (hash ^ (hash >>> 15)) * 0x85EBCA6B;
        String digits = Integer.toString(Math.floorMod(hash ^ (hash >>> 13), HASH_SPACE), RADIX);
        return "v" + "0".repeat(HASH_LENGTH - 1 - digits.length()) + digits;
    }

    /** The text for the wire; null where it would be longer than an id may be. */
    public @Nullable String text() {
        StringBuilder text = new StringBuilder(hash);
        versions.forEach(version -> text.append('.').append(Long.toString(version, RADIX)));
        return text.length() <= MAX_LENGTH ? text.toString() : null;
    }
}
