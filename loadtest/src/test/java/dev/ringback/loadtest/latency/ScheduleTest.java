package dev.ringback.loadtest.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void eventsAreEvenlySpaced() {
        Schedule schedule = new Schedule(5, 1_000);
        assertThat(schedule.dueNanos(0)).isEqualTo(5);
        assertThat(schedule.dueNanos(1)).isEqualTo(1_000_005);
        assertThat(schedule.dueNanos(1_000)).isEqualTo(1_000_000_005);
    }

    @Test
    void aRateThatDoesNotDivideASecondDoesNotDrift() {
        Schedule schedule = new Schedule(0, 7);
        assertThat(schedule.dueNanos(1)).isEqualTo(142_857_142);
        assertThat(schedule.dueNanos(7_000_000)).isEqualTo(1_000_000L * 1_000_000_000);
    }

    @Test
    void whatIsOverdueIsNotWaitedFor() throws Exception {
        long longAgo = System.nanoTime() - 10_000_000_000L;
        new Schedule(longAgo, 1).awaitDue(3);
        assertThat(System.nanoTime()).isGreaterThan(longAgo);
    }

    @Test
    void anEventIsNeverEarly() throws Exception {
        Schedule schedule = new Schedule(System.nanoTime(), 200);
        schedule.awaitDue(1);
        assertThat(System.nanoTime() - schedule.dueNanos(1)).isNotNegative();
    }

    @Test
    void aRateBelowOneIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Schedule(0, 0));
    }
}
