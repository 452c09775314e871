package dev.ringback.loadtest.crowd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * Reads from an event's bytes what the checks need, and nothing else. Of an event that goes to a thousand connections the same bytes
 * come a thousand times, so the last ones are kept and compared. For one thread.
 */
public final class EventText {
    private static final byte[] JOB = "\"jobId\":\"".getBytes(ISO_8859_1);
    private static final byte[] VERSION = "\"version\":".getBytes(ISO_8859_1);
    private static final byte[] STATUS = "\"status\":\"".getBytes(ISO_8859_1);
    private static final byte[] STAMP = "\"@".getBytes(ISO_8859_1);
    private static final int STAMP_DIGITS = 13;
    /** No event was ever due then. */
    public static final long NO_STAMP = Long.MIN_VALUE;

    private byte[] bytes = new byte[0];
    private int jobStart;
    private int jobEnd;
    private long version;
    private boolean ends;
    private long dueNanos = NO_STAMP;

    /** Returns whether the bytes are an event about a job, or have one in them. */
    public boolean read(byte[] from, int start, int end) {
        if (Arrays.equals(from, start, end, bytes, 0, bytes.length)) {
            return jobStart > 0;
        }
        bytes = Arrays.copyOfRange(from, start, end);
        jobStart = behind(JOB, 0);
        int versionStart = behind(VERSION, 0);
        int statusStart = behind(STATUS, 0);
        if (jobStart < 0 || versionStart < 0 || statusStart < 0) {
            jobStart = 0;
            return false;
        }
        jobEnd = jobStart;
        while (jobEnd < bytes.length && bytes[jobEnd] != '"') {
            jobEnd++;
        }
        version = number(versionStart, bytes.length, 10);
        byte first = statusStart < bytes.length ? bytes[statusStart] : 0;
        // completed, cancelled or failed; the others are queued and processing.
        ends = first == 'c' || first == 'f';
        dueNanos = newestStamp();
        return true;
    }

    /** A document keeps the last progress beside the result, with a stamp each. */
    private long newestStamp() {
        long newest = NO_STAMP;
        int start = behind(STAMP, 0);
        while (start >= 0 && start + STAMP_DIGITS <= bytes.length) {
            newest = Math.max(newest, number(start, start + STAMP_DIGITS, Character.MAX_RADIX));
            start = behind(STAMP, start);
        }
        return newest;
    }

    boolean isOf(byte[] job) {
        return Arrays.equals(bytes, jobStart, jobEnd, job, 0, job.length);
    }

    long version() {
        return version;
    }

    /** Whether the job is at its end. */
    boolean ends() {
        return ends;
    }

    /** When the event was due; {@link #NO_STAMP} where the job was not yet moved by the harness. */
    public long dueNanos() {
        return dueNanos;
    }

    String text() {
        return new String(bytes, 0, Math.min(bytes.length, 200), ISO_8859_1);
    }

    private int behind(byte[] marker, int from) {
        int found = indexOf(bytes, from, bytes.length, marker);
        return found < 0 ? -1 : found + marker.length;
    }

    private long number(int from, int to, int radix) {
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(bytes[i], radix);
            if (digit < 0) {
                return value;
            }
            value = value * radix + digit;
        }
        return value;
    }

    static int indexOf(byte[] in, int from, int to, byte[] marker) {
        for (int i = from; i <= to - marker.length; i++) {
            if (in[i] == marker[0] && Arrays.equals(in, i, i + marker.length, marker, 0, marker.length)) {
                return i;
            }
        }
        return -1;
    }

    static boolean startsWith(byte[] in, int from, int to, byte[] marker) {
        return to - from >= marker.length && Arrays.equals(in, from, from + marker.length, marker, 0, marker.length);
    }
}
