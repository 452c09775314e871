package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** So many connections in a second, and those that have to wait are not forgotten. */
class AcceptPaceTest {
    @ParameterizedTest
    @ValueSource(ints = {10, 1000, 100_000})
    void soManyAreAcceptedInASecondAfterATenthOfThemAtOnce(int perSecond) {
        long now = 0;
        AcceptPace pace = new AcceptPace(perSecond, now, new LongAdder());
        int accepted = 0;
        while (now < TimeUnit.SECONDS.toNanos(10)) {
            now += Math.max(0, pace.accept(now));
            accepted++;
        }
        assertThat(accepted).isBetween(10 * perSecond, 10 * perSecond + perSecond / 10 + 1);
    }

    @Test
    void whatWasNotUsedForLongIsNoCredit() {
        AcceptPace pace = new AcceptPace(10, 0, new LongAdder());
        long hour = TimeUnit.HOURS.toNanos(1);
        assertThat(pace.accept(hour)).isZero();
        assertThat(pace.accept(hour)).isPositive();
    }

    @Test
    void everyoneIsAcceptedInTheEnd() throws IOException {
        try (TestGateway gateway = TestGateway.start("listen.accepts-per-second=50")) {
            List<Wire> wires = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                wires.add(new Wire(gateway).get("/"));
            }
            for (Wire wire : wires) {
                assertThat(wire.answer().status()).isEqualTo(200);
                wire.close();
            }
            assertThat(Wire.metric(gateway, "ringback_accept_pauses_total")).isPositive();
        }
    }
}
