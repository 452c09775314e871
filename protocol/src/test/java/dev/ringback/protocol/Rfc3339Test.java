package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Rfc3339Test {
    private static final int ROUNDS = 50_000;
    private static final long END = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @Test
    void randomInstantsAreWrittenAsTheJdkWritesThem() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("Rfc3339Test: -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            long millis = (long) (random.nextDouble() * END);
            assertThat(written(millis)).as("seed %d", seed).isEqualTo(FORMAT.format(Instant.ofEpochMilli(millis)));
        }
    }

    @Test
    void theDaysAroundEachEndOfFebruaryAndOfTheYearAreRight() {
        for (int year = 1970; year <= 9999; year++) {
            for (LocalDate day : new LocalDate[] {LocalDate.of(year, 2, 28), LocalDate.of(year, 12, 31)}) {
                long start = day.toEpochDay() * 86_400_000L;
                isAsTheJdkSays(start);
                isAsTheJdkSays(start + 86_399_999L);
                isAsTheJdkSays(Math.min(END, start + 86_400_000L));
                isAsTheJdkSays(Math.min(END, start + 2 * 86_400_000L));
            }
        }
    }

    @Test
    void timesThatFourDigitsOfYearCannotSayAreClamped() {
        assertThat(written(-1)).isEqualTo("1970-01-01T00:00:00.000Z");
        assertThat(written(Long.MIN_VALUE)).isEqualTo("1970-01-01T00:00:00.000Z");
        assertThat(written(END)).isEqualTo("9999-12-31T23:59:59.999Z");
        assertThat(written(END + 1)).isEqualTo("9999-12-31T23:59:59.999Z");
        assertThat(written(Long.MAX_VALUE)).isEqualTo("9999-12-31T23:59:59.999Z");
    }

    @Test
    void onlyItsOwnBytesAreWritten() {
        byte[] out = new byte[Rfc3339.LENGTH + 4];
        Arrays.fill(out, (byte) '#');
        Rfc3339.write(0, out, 2);
        assertThat(new String(out, ISO_8859_1)).isEqualTo("##1970-01-01T00:00:00.000Z##");
    }

    private static void isAsTheJdkSays(long millis) {
        assertThat(written(millis)).isEqualTo(FORMAT.format(Instant.ofEpochMilli(millis)));
    }

    private static String written(long millis) {
        byte[] out = new byte[Rfc3339.LENGTH];
        Rfc3339.write(millis, out, 0);
        return new String(out, ISO_8859_1);
    }
}
