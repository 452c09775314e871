package dev.ringback.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a delivery is tried again. */
class ScheduleTest {
    /** Wed, 22 Jul 2026 10:00:00 GMT. */
    private static final long NOW = 1_784_714_400_000L;

    private static Schedule schedule(String... settings) {
        return new Schedule(GatewayConfig.of(settings).webhook(), new Random(3));
    }

    @Test
    void attemptsAreAsFarApartAsConfiguredAndThenThereAreNoMore() {
        Schedule schedule = schedule("webhook.schedule=[0s, 5s, 2h]", "webhook.jitter-percent=0");
        assertThat(LongStream.of(0, 1, 2, 3, 1_000).map(i -> schedule.delayMillis((int) i)))
                .containsExactly(0L, 5_000L, 7_200_000L, -1L, -1L);
        assertThat(schedule.overdueMillis())
                .isEqualTo(Duration.ofHours(26).plusSeconds(5).toMillis());
    }

    @Test
    void usualScheduleLastsAboutThreeDays() {
        Schedule schedule = schedule("webhook.jitter-percent=0");
        long whole =
                LongStream.range(0, 10).map(i -> schedule.delayMillis((int) i)).sum();
        assertThat(Duration.ofMillis(whole)).isBetween(Duration.ofHours(70), Duration.ofHours(80));
        assertThat(schedule.delayMillis(10)).isEqualTo(-1);
    }

    @Test
    void jitterMakesDelaysLongerNeverShorterAndUsesItsWholeRange() {
        Schedule schedule = schedule("webhook.schedule=[0s, 100s]", "webhook.jitter-percent=20");
        long[] delays = LongStream.range(0, 10_000)
                .map(i -> schedule.delayMillis(1))
                .sorted()
                .toArray();
        assertThat(delays[0]).isBetween(100_000L, 100_100L);
        assertThat(delays[9_999]).isBetween(119_900L, 120_000L);
        assertThat(delays[5_000]).isBetween(109_000L, 111_000L);
        assertThat(schedule.delayMillis(0)).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "1 | 1000",
                "120 | 120000",
                "' 120 ' | 120000",
                "86400 | 86400000",
                "86401 | 86400000",
                "999999999 | 86400000",
                "99999999999999999999999999 | 86400000",
                "Wed, 22 Jul 2026 10:00:30 GMT | 30000",
                "Wed, 22 Jul 2026 09:59:30 GMT | 0",
                "Wed, 22 Jul 2099 10:00:00 GMT | 86400000",
                "-5 | 0",
                "1.5 | 0",
                "soon | 0",
                "Wed, 32 Jul 2026 10:00:30 GMT | 0",
                "Mon, 22 Jul 2026 10:00:30 GMT | 0",
                "'' | 0",
                "120, 5 | 0",
                "٣ | 0"
            })
    void retryAfterIsSecondsOrADateAndAtMostADay(String header, long millis) {
        assertThat(Schedule.retryAfterMillis(header, NOW)).isEqualTo(millis);
    }

    @Test
    void noRetryAfterAsksForNothing() {
        assertThat(Schedule.retryAfterMillis(null, NOW)).isZero();
    }
}
