package dev.ringback.gateway.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopTickerTest {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(LoopTicker.TICK_MILLIS);

    /** Virtual time, and the one wake-up that the ticker may have asked for. */
    private long now = -987_654_321L;

    private long wakeAt = Long.MAX_VALUE;
    private final LoopTicker ticker = new LoopTicker(now, nanos -> {
        assertThat(wakeAt).as("one wake-up at a time").isEqualTo(Long.MAX_VALUE);
        wakeAt = now + Math.max(0, nanos);
    });

    private final class Probe extends LoopTicker.Deadline {
        private final List<Long> fired = new ArrayList<>();
        private Runnable onFire = () -> {};
        private long due;

        private void set(long delay) {
            due = now + delay;
            ticker.set(this, now, delay);
        }

        @Override
        protected void onDeadline() {
            fired.add(now);
            onFire.run();
        }
    }

    private void advance(long nanos) {
        long end = now + nanos;
        while (wakeAt <= end) {
            now = Math.max(now, wakeAt);
            wakeAt = Long.MAX_VALUE;
            ticker.tick(now);
        }
        now = end;
    }

    @Test
    void deadlineFiresOnceNeverEarlyAndAtMostATickLate() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            Probe probe = new Probe();
            advance(random.nextInt((int) TICK));
            probe.set((long) (random.nextDouble() * 3e9));
            advance(TimeUnit.SECONDS.toNanos(4));
            assertThat(probe.fired).hasSize(1);
            assertThat(probe.fired.get(0)).isBetween(probe.due, probe.due + TICK);
            assertThat(probe.isSet()).isFalse();
        }
    }

    @Test
    void deadlineBeyondOneTurnOfTheWheelWaitsForItsTurn() {
        Probe probe = new Probe();
        probe.set(TimeUnit.HOURS.toNanos(24));
        advance(TimeUnit.HOURS.toNanos(24) - 1);
        assertThat(probe.fired).isEmpty();
        advance(TICK + 1);
        assertThat(probe.fired).hasSize(1);
    }

    @Test
    void clearedDeadlineNeverFiresAndALaterSetReplacesAnEarlier() {
        Probe cleared = new Probe();
        Probe replaced = new Probe();
        cleared.set(TICK);
        replaced.set(TICK);
        ticker.clear(cleared);
        replaced.set(10 * TICK);
        advance(5 * TICK);
        assertThat(cleared.fired).isEmpty();
        assertThat(replaced.fired).isEmpty();
        advance(10 * TICK);
        assertThat(replaced.fired).hasSize(1);
        assertThat(ticker.waiting()).isZero();
    }

    @Test
    void deadlineMaySetItselfAndClearItsNeighboursFromWithin() {
        Probe again = new Probe();
        Probe neighbour = new Probe();
        again.onFire = () -> {
            ticker.clear(neighbour);
            again.set(0);
        };
        again.set(TICK);
        neighbour.set(TICK);
        advance(10 * TICK);
        assertThat(again.fired).hasSizeBetween(9, 10);
        assertThat(neighbour.fired).isEmpty();
    }

    @Test
    void sleepLongerThanATurnOfTheWheelFiresEverythingThatIsDue() {
        List<Probe> probes = new ArrayList<>();
        for (int i = 1; i <= 5000; i++) {
            Probe probe = new Probe();
            probe.set(i * TICK);
            probes.add(probe);
        }
        now += 6000 * TICK;
        wakeAt = Long.MAX_VALUE;
        ticker.tick(now);
        assertThat(probes).allMatch(probe -> probe.fired.size() == 1);
    }

    @Test
    void deadlineThatThrowsStrandsNoOther() {
        List<Probe> probes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Probe probe = new Probe();
            probe.set(TICK);
            probes.add(probe);
        }
        probes.get(1).onFire = () -> {
            throw new IllegalStateException("on purpose");
        };
        advance(5 * TICK);
        assertThat(probes).allMatch(probe -> probe.fired.size() == 1);
        assertThat(ticker.waiting()).isZero();
    }

    @Test
    void nothingWaitingMeansNoWakeUp() {
        Probe probe = new Probe();
        probe.set(TICK);
        advance(3 * TICK);
        assertThat(wakeAt).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void manySeededSetsAndClearsAgreeWithASimpleModel() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            List<Probe> probes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                probes.add(new Probe());
            }
            for (int step = 0; step < 500; step++) {
                Probe probe = probes.get(random.nextInt(probes.size()));
                int before = probe.fired.size();
                if (random.nextInt(4) == 0) {
                    ticker.clear(probe);
                } else {
                    probe.set((long) (random.nextDouble() * 2e11));
                }
                assertThat(probe.fired).as("seed %d", seed).hasSize(before);
                advance(random.nextInt(100) == 0 ? (long) 1.5e11 : random.nextInt(200_000_000));
                assertThat(probes).as("seed %d", seed).allMatch(each -> !each.isSet() || each.due + TICK >= now);
            }
            probes.forEach(ticker::clear);
        }
    }
}
