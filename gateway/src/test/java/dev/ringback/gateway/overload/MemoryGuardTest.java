package dev.ringback.gateway.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.config.GatewayConfig;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
        private final AtomicInteger collections = new AtomicInteger();
        private volatile CountDownLatch whileCollecting = new CountDownLatch(0);
        private double heap;
        private double direct;

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
            try {
                assertThat(whileCollecting.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            collections.incrementAndGet();
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

    private void lookAt(int second) {
        guard.look(TimeUnit.SECONDS.toNanos(second));
    }

    @Test
    void fullHeapIsCollectedAtOnceAndThenAfterEverLongerPauses() {
        memory.heap = 0.85;
        lookAt(0);
        await().until(() -> memory.collections.get() == 1);
        lookAt(9);
        lookAt(10);
        await().until(() -> memory.collections.get() == 2);
        lookAt(29);
        lookAt(30);
        await().until(() -> memory.collections.get() == 3);
        memory.heap = 0.5;
        lookAt(31);
        memory.heap = 0.85;
        lookAt(32);
        await().until(() -> memory.collections.get() == 4);
    }

    @Test
    void collectionThatTakesLongKeepsNobodyFromLooking() {
        CountDownLatch done = new CountDownLatch(1);
        memory.whileCollecting = done;
        assertThat(at(0.85, 0)).isEqualTo(Pressure.HIGH);
        lookAt(100);
        assertThat(at(0.95, 0)).isEqualTo(Pressure.CRITICAL);
        done.countDown();
        await().until(() -> memory.collections.get() == 1);
    }

    @Test
    void hundredPercentIsNever() {
        try (MemoryGuard never = new MemoryGuard(
                GatewayConfig.of("overload.heap-percent=100", "overload.direct-percent=100")
                        .overload(),
                memory)) {
            memory.heap = 1.2;
            memory.direct = 1.0;
            never.look(0);
            assertThat(never.pressure()).isEqualTo(Pressure.NONE);
        }
    }

    @Test
    void fullDirectMemoryIsNoReasonToCollectTheHeap() {
        assertThat(at(0.5, 0.99)).isEqualTo(Pressure.CRITICAL);
        assertThat(memory.collections.get()).isZero();
    }
}
