package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** RFC 3339 times in UTC with milliseconds, written without the JDK's formatter because each event carries several. */
public final class Rfc3339 {
    static final int LENGTH = "1970-01-01T00:00:00.000Z".length();

    private static final long MILLIS_PER_DAY = 86_400_000L;
    /** 31 December 9999, the last day that four digits of year can say. */
    private static final long MAX_DAY = 2_932_896;

    private Rfc3339() {}

    /** The time as text. Times before 1970 or after 9999 are clamped. */
    public static String format(long epochMillis) {
        byte[] text = new byte[LENGTH];
        write(epochMillis, text, 0);
        return new String(text, ISO_8859_1);
    }

    /** Writes the time at the offset. Times before 1970 or after 9999 are clamped: a job has neither. */
    static void write(long epochMillis, byte[] out, int offset) {
        long clamped = Math.max(0, Math.min(epochMillis, (MAX_DAY + 1) * MILLIS_PER_DAY - 1));
        writeDate(clamped / MILLIS_PER_DAY, out, offset);
        int millis = (int) (clamped % MILLIS_PER_DAY);
        out[offset + 10] = 'T';
        digits(millis / 3_600_000, 2, out, offset + 11);
        out[offset + 13] = ':';
        digits(millis / 60_000 % 60, 2, out, offset + 14);
        out[offset + 16] = ':';
        digits(millis / 1_000 % 60, 2, out, offset + 17);
        out[offset + 19] = '.';
        digits(millis % 1_000, 3, out, offset + 20);
        out[offset + 23] = 'Z';
    }

    /** Howard Hinnant's civil_from_days: years that begin in March make leap days the last of their year. */
    private static void writeDate(long epochDay, byte[] out, int offset) {
        long shifted = epochDay + 719_468;
        long era = shifted / 146_097;
        long dayOfEra = shifted - era * 146_097;
        long yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long marchMonth = (5 * dayOfYear + 2) / 153;
        int day = (int) (dayOfYear - (153 * marchMonth + 2) / 5 + 1);
        int month = (int) (marchMonth < 10 ? marchMonth + 3 : marchMonth - 9);
        int year = (int) (yearOfEra + era * 400 + (month <= 2 ? 1 : 0));
        digits(year, 4, out, offset);
        out[offset + 4] = '-';
        digits(month, 2, out, offset + 5);
        out[offset + 7] = '-';
        digits(day, 2, out, offset + 8);
    }

    /** The time that {@link #write} wrote so; -1 for a text that is no such time. */
    static long read(String text) {
        try {
            return text.length() == LENGTH ? Instant.parse(text).toEpochMilli() : -1;
        } catch (DateTimeParseException e) {
            return -1;
        }
    }

    private static void digits(int value, int count, byte[] out, int offset) {
        int rest = value;
        for (int i = count - 1; i >= 0; i--) {
            out[offset + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
