package dev.ringback.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.RecordingListener;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RelayCanaryTest {
    private final ManualLoop loop = new ManualLoop();
    private final Wire wire = new Wire();
    private final RelayCounters counters = new RelayCounters();
    private final RecordingListener listener = new RecordingListener();
    private final RelayCanary canary = new RelayCanary(wire, loop, 3, TimeUnit.SECONDS.toNanos(1), counters);

    /** A relay whose two ways can be cut. */
    private static final class Wire implements JobRelay {
        private boolean takes = true;
        private boolean carries = true;
        private final List<Long> untaken = new ArrayList<>();
        private int reconnects;
        private Listener listener;

        @Override
        public void start(Listener newListener) {
            listener = newListener;
            newListener.onConnected();
        }

        @Override
        public void subscribe(JobId id) {
            listener.onSubscribed(id);
        }

        @Override
        public void unsubscribe(JobId id) {
            listener.onUnsubscribed(id);
        }

        @Override
        public CompletionStage<Void> sendCanary(long number) {
            if (!takes) {
                untaken.add(number);
                return new CompletableFuture<>();
            }
            if (carries) {
                listener.onCanary(number);
            }
            return CompletableFuture.completedFuture(null);
        }

        /** The store wakes up and does what it was asked. */
        private void takeAll() {
            untaken.forEach(listener::onCanary);
        }

        @Override
        public void reconnect() {
            reconnects++;
            listener.onDisconnected();
            listener.onConnected();
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void start() {
        canary.start(listener);
        loop.pass(5_100);
    }

    @Test
    void canaryThatComesBackIsNobodysBusiness() {
        assertThat(canary.silence()).isNull();
        assertThat(canary.ageMillis()).isLessThan(1_100);
        assertThat(counters.canariesHeard.sum())
                .isEqualTo(counters.canariesSent.sum())
                .isBetween(4L, 5L);
        assertThat(listener.heard()).containsExactly("connected");
    }

    @Test
    void oneMissedCanaryIsTolerated() {
        wire.carries = false;
        loop.pass(1_000);
        wire.carries = true;
        loop.pass(3_000);

        assertThat(counters.canariesMissed.sum()).isEqualTo(1);
        assertThat(canary.silence()).isNull();
        assertThat(wire.reconnects).isZero();
    }

    @Test
    void twoMissedCanariesNameTheShardAndReplaceTheConnection() {
        wire.carries = false;
        loop.pass(3_200);

        assertThat(canary.silence()).startsWith("shard 3 has not heard its canary for ");
        assertThat(listener.heard()).containsExactly("connected", "doubt", "disconnected", "connected");
        assertThat(counters.silences.sum()).isEqualTo(1);
        assertThat(wire.reconnects).isEqualTo(1);
    }

    @Test
    void canaryThatReturnsEndsTheSilenceWithAnotherDoubt() {
        wire.carries = false;
        loop.pass(3_200);
        wire.carries = true;
        loop.pass(1_100);

        assertThat(canary.silence()).isNull();
        assertThat(listener.count("doubt"))
                .as("one for the silence, one for the canary that the new connection did not carry")
                .isEqualTo(2);
    }

    @Test
    void canariesThatOnlyComeLateLeaveNoDoubt() {
        wire.takes = false;
        loop.pass(5_000);
        assertThat(canary.silence()).isNotNull();
        wire.takes = true;
        wire.takeAll();
        loop.pass(1_100);

        assertThat(canary.silence()).isNull();
        assertThat(listener.heard()).containsExactly("connected");
    }

    @Test
    void canaryThatWasSkippedIsADoubt() {
        wire.carries = false;
        loop.pass(1_000);
        wire.carries = true;
        loop.pass(1_100);

        assertThat(listener.heard()).containsExactly("connected", "doubt");
    }

    @Test
    void connectionThatCarriesEventsLateIsNotReplaced() {
        wire.carries = false;
        for (int i = 0; i < 30; i++) {
            wire.listener.onSubscribed(JobId.of("busy"));
            loop.pass(1_000);
        }

        assertThat(canary.silence()).isNotNull();
        assertThat(listener.count("doubt")).isEqualTo(1);
        assertThat(wire.reconnects).isZero();
    }

    @Test
    void connectionIsReplacedEverMoreSeldom() {
        wire.carries = false;
        loop.pass(130_000);

        assertThat(wire.reconnects)
                .as("after 2, 4, 8, 16, 32, 64 and 128 missed")
                .isBetween(6, 7);
        assertThat(counters.silences.sum()).isEqualTo(1);
    }

    @Test
    void canaryThatIsNotEvenTakenSaysNothingAgainstTheConnection() {
        wire.takes = false;
        loop.pass(20_000);

        assertThat(canary.silence()).isNotNull();
        assertThat(wire.reconnects).isZero();
    }

    @Test
    void connectionThatIsKnownToBeLostIsNoSilence() {
        wire.listener.onDisconnected();
        loop.pass(20_000);
        assertThat(canary.silence()).isNull();

        wire.listener.onConnected();
        loop.pass(5_000);
        assertThat(listener.heard()).containsExactly("connected", "disconnected", "connected");
        assertThat(canary.silence()).isNull();
    }

    @Test
    void restPassesThroughAsItComes() {
        JobId id = JobId.of("1");
        canary.subscribe(id);
        canary.unsubscribe(id);
        wire.listener.onUnreadable(id);

        assertThat(listener.heard()).containsExactly("connected", "subscribed 1", "unsubscribed 1", "unreadable 1");
    }

    @Test
    void closedRelaySendsNoMore() {
        canary.close();
        long before = counters.canariesSent.sum();
        loop.pass(5_000);

        assertThat(counters.canariesSent.sum()).isEqualTo(before);
    }
}
