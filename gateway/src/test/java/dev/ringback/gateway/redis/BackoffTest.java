package dev.ringback.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void delaysDoubleUpToTheCeilingAndAreCutByHalfAtMost() {
        Backoff backoff = new Backoff(new SplittableRandom(1), 50, 2_000);

        for (long whole : new long[] {50, 100, 200, 400, 800, 1_600, 2_000, 2_000}) {
            assertThat(TimeUnit.NANOSECONDS.toMillis(backoff.nextNanos())).isBetween(whole / 2, whole);
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(TimeUnit.NANOSECONDS.toMillis(backoff.nextNanos())).isBetween(1_000L, 2_000L);
        }
    }

    @Test
    void successBeginsAgainWithShortDelays() {
        Backoff backoff = new Backoff(new SplittableRandom(1), 50, 2_000);
        for (int i = 0; i < 10; i++) {
            backoff.nextNanos();
        }
        backoff.reset();

        assertThat(TimeUnit.NANOSECONDS.toMillis(backoff.nextNanos())).isBetween(25L, 50L);
    }
}
