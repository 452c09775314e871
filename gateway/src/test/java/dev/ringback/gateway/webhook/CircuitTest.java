package dev.ringback.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.webhook.Circuit.State;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a destination is left alone, and how much it is sent at once. */
class CircuitTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Circuit circuit = new Circuit(
            GatewayConfig.of("webhook.circuit-failures=3", "webhook.circuit-open=10s", "webhook.concurrency=4")
                    .webhook());

    /** Fails at this time as often as it takes to open it. */
    private void open(long nowNanos) {
        while (!circuit.onFailure(nowNanos, circuit.era())) {
            assertThat(circuit.failures()).isLessThan(3);
        }
    }

    @Test
    void windowGrowsByOneWithEachAnswerAndIsOneAfterAFailure() {
        assertThat(circuit.window(0)).isEqualTo(1);
        for (int window : new int[] {2, 3, 4, 4}) {
            circuit.onAnswer();
            assertThat(circuit.window(0)).isEqualTo(window);
        }
        assertThat(circuit.onFailure(0, circuit.era())).isFalse();
        assertThat(circuit.window(0)).isEqualTo(1);
    }

    @Test
    void onlyFailuresInARowOpenIt() {
        for (int i = 0; i < 10; i++) {
            circuit.onFailure(0, circuit.era());
            circuit.onFailure(0, circuit.era());
            circuit.onAnswer();
        }
        assertThat(circuit.state()).isEqualTo(State.CLOSED);
        assertThat(circuit.onFailure(0, circuit.era())).isFalse();
        assertThat(circuit.onFailure(0, circuit.era())).isFalse();
        assertThat(circuit.onFailure(0, circuit.era())).isTrue();
        assertThat(circuit.state()).isEqualTo(State.OPEN);
    }

    @Test
    void nothingIsSentWhileItIsOpenAndOneRequestWhenTheTimeIsOver() {
        open(SECOND);
        assertThat(circuit.window(SECOND)).isZero();
        assertThat(circuit.waitNanos(2 * SECOND)).isEqualTo(9 * SECOND);
        assertThat(circuit.window(11 * SECOND - 1)).isZero();
        assertThat(circuit.window(11 * SECOND)).isEqualTo(1);
        assertThat(circuit.state()).isEqualTo(State.HALF_OPEN);
        assertThat(circuit.waitNanos(11 * SECOND)).isZero();
    }

    @Test
    void successOfTheTrialClosesItAndNextTimeItIsOpenForTheShortTimeAgain() {
        open(0);
        assertThat(circuit.window(10 * SECOND)).isEqualTo(1);
        circuit.onAnswer();
        assertThat(circuit.state()).isEqualTo(State.CLOSED);
        assertThat(circuit.failures()).isZero();
        open(20 * SECOND);
        assertThat(circuit.waitNanos(20 * SECOND)).isEqualTo(10 * SECOND);
    }

    @Test
    void eachTrialThatFailsDoublesTheTimeUpToThirtyTwoTimes() {
        long now = 0;
        open(now);
        for (int factor : new int[] {1, 2, 4, 8, 16, 32, 32, 32}) {
            assertThat(circuit.waitNanos(now)).isEqualTo(factor * 10 * SECOND);
            now += factor * 10 * SECOND;
            assertThat(circuit.window(now)).isEqualTo(1);
            assertThat(circuit.onFailure(now, circuit.era())).isTrue();
        }
    }

    @Test
    void requestsThatWereUnderWayWhenItOpenedDoNotProlongIt() {
        int before = circuit.era();
        open(0);
        assertThat(circuit.onFailure(5 * SECOND, before)).isFalse();
        assertThat(circuit.waitNanos(5 * SECOND)).isEqualTo(5 * SECOND);
        assertThat(circuit.window(10 * SECOND)).isEqualTo(1);
        assertThat(circuit.onFailure(10 * SECOND, before)).isFalse();
        assertThat(circuit.state()).isEqualTo(State.HALF_OPEN);
        circuit.onAnswer();
        assertThat(circuit.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void timeMayBeNegativeAsNanoTimeMay() {
        long start = Long.MAX_VALUE - SECOND;
        open(start);
        assertThat(circuit.window(start + 9 * SECOND)).isZero();
        assertThat(circuit.window(start + 10 * SECOND)).isEqualTo(1);
    }
}
