package dev.ringback.gateway.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The {@code Date} line that each answer has (RFC 9110, section 6.6.1); those of one second share it. Thread-safe. */
public final class DateLine {
    /** RFC 9110, section 5.6.7: as the JDK's RFC 1123, but days have two digits. */
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private static volatile DateLine latest = new DateLine(0);

    private final long epochSecond;
    private final byte[] bytes;

    private DateLine(long epochSecond) {
        this.epochSecond = epochSecond;
        String text = IMF_FIXDATE.format(Instant.ofEpochSecond(epochSecond).atOffset(ZoneOffset.UTC));
        this.bytes = ("Date: " + text + "\r\n").getBytes(ISO_8859_1);
    }

    /** The whole line, for this moment, with its end; not to be changed. */
    public static byte[] now() {
        long second = Instant.now().getEpochSecond();
        DateLine line = latest;
        if (line.epochSecond != second) {
            line = new DateLine(second);
            latest = line;
        }
        return line.bytes;
    }
}
