package dev.ringback.gateway.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With marks at 80 percent: high from 80, critical from 90, and each left five percent below. */
class MemoryGuardTest {
    private final GivenMemory memory = new GivenMemory();
    private final MemoryGuard guard = new MemoryGuard(
            GatewayConfig.of("overload.heap-percent=80", "overload.direct-percent=80")
                    .overload(),
            memory);

    /** Memory that is as full as the test says. */
    private static final class GivenMemory implements MemoryGuard.Memory {
        private double heap;
        private double direct;
        private int collections;

        @Override
        public double heapShare() {
            return heap;
        }

        @Override
        public double directShare() {
            return direct;
        }

        @Override
        public void collect() {
            collections++;
        }
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private Pressure at(double heap, double direct) {
        memory.heap = heap;
        memory.direct = direct;
        guard.look(0);
        return guard.pressure();
    }

    @ParameterizedTest
    @CsvSource({
        "0.79, 0.10, NONE",
        "0.80, 0.10, HIGH",
        "0.10, 0.80, HIGH",
        "0.89, 0.89, HIGH",
        "0.90, 0.10, CRITICAL",
        "0.10, 0.90, CRITICAL",
        "0.80, 0.95, CRITICAL",
        "1.20, 0.10, CRITICAL"
    })
    void fullerOfTheTwoDecides(double heap, double direct, Pressure pressure) {
        assertThat(at(heap, direct)).isEqualTo(pressure);
    }

    @Test
    void markIsLeftFivePercentBelowIt() {
        assertThat(at(0.80, 0)).isEqualTo(Pressure.HIGH);
        assertThat(at(0.76, 0)).isEqualTo(Pressure.HIGH);
        assertThat(at(0.74, 0)).isEqualTo(Pressure.NONE);
        assertThat(at(0.76, 0)).isEqualTo(Pressure.NONE);
        assertThat(at(0.91, 0)).isEqualTo(Pressure.CRITICAL);
        assertThat(at(0.86, 0)).isEqualTo(Pressure.CRITICAL);
        assertThat(at(0.84, 0)).isEqualTo(Pressure.HIGH);
    }

    @Test
    void fullHeapIsCollectedOnceInTenSeconds() {
        memory.heap = 0.85;
        guard.look(0);
        guard.look(TimeUnit.SECONDS.toNanos(9));
        assertThat(memory.collections).isEqualTo(1);
        guard.look(TimeUnit.SECONDS.toNanos(10));
        assertThat(memory.collections).isEqualTo(2);
    }

    @Test
    void fullDirectMemoryIsNoReasonToCollectTheHeap() {
        assertThat(at(0.5, 0.99)).isEqualTo(Pressure.CRITICAL);
        assertThat(memory.collections).isZero();
    }
}
