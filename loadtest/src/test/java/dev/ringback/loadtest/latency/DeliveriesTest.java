package dev.ringback.loadtest.latency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.latency.Deliveries.Faults;
import dev.ringback.protocol.EventName;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
    private final Deliveries deliveries = new Deliveries(4);
    private final long start = System.nanoTime();
    private final Schedule schedule = new Schedule(start, 1_000);

    @Test
    void anEventThatEveryoneHeardOnceIsNoFault() {
        deliver(0, 0, 1);
        assertThat(deliveries.faults()).isEqualTo(new Faults(0, 0, 0, 0));
        assertThat(deliveries.faults().any()).isFalse();
    }

    @Test
    void anAcceptedEventThatNobodyHeardIsLost() {
        deliveries.posting(0, start);
        assertThat(deliveries.faults()).isEqualTo(new Faults(1, 0, 0, 0));
    }

    @Test
    void anEventThatWasNotAcceptedIsNotLost() {
        deliveries.posting(0, start);
        deliveries.notAccepted(0);
        assertThat(deliveries.faults()).isEqualTo(new Faults(0, 0, 0, 1));
    }

    @Test
    void whatFollowsTheEndIsCounted() {
        deliveries.heard(0, EventName.STATUS, start);
        deliver(0, 0, 1);
        deliveries.heard(0, EventName.COMPLETE, start);
        deliveries.heard(0, EventName.PROGRESS, start);
        assertThat(deliveries.faults()).isEqualTo(new Faults(0, 1, 1, 0));
    }

    @Test
    void allAreHeardOnceOnlyThoseAreMissingThatWereNotAccepted() {
        deliver(0, 0, 1);
        deliver(1, 0, 1);
        deliver(2, 0, 1);
        assertThat(deliveries.areComplete()).isFalse();
        deliveries.notAccepted(3);
        assertThat(deliveries.areComplete()).isTrue();
    }

    @Test
    void aLateGeneratorIsPartOfTheLatencyFromTheDueTime() {
        deliver(1, 10_000, 500);
        assertThat(only(deliveries.dueToPosted(schedule, 0))).isBetween(9_990L, 10_010L);
        assertThat(only(deliveries.postedToReceived(0))).isBetween(499L, 501L);
        assertThat(only(deliveries.dueToReceived(schedule, 0))).isBetween(10_490L, 10_510L);
    }

    @Test
    void theWarmUpIsLeftOut() {
        deliver(0, 0, 1);
        deliver(3, 0, 1);
        assertThat(deliveries.postedToReceived(2).getTotalCount()).isEqualTo(1);
        assertThat(deliveries.achievedRate(schedule, 2)).isEqualTo(500);
    }

    private void deliver(int index, long lateNanos, long underWayNanos) {
        long posted = schedule.dueNanos(index) + lateNanos;
        deliveries.posting(index, posted);
        deliveries.heard(index, EventName.COMPLETE, posted + underWayNanos);
    }

    private static long only(Histogram histogram) {
        assertThat(histogram.getTotalCount()).isEqualTo(1);
        return histogram.getMaxValue();
    }
}
