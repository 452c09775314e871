package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.listen.TransportTest.Event;
import dev.ringback.gateway.listen.TransportTest.Frame;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A client that does not read: it delays nobody, costs little, is told the end if it reads again, and is closed if not (I6). */
@Tag("conformance")
class SlowReaderTest {
    private static final String JOB = "/jobs/slow";
    /** More than the kernel keeps for a connection that nobody reads, in and out. */
    private static final int ENOUGH_BYTES = 12 << 20;

    private static final String LONG_TEXT = "x".repeat(30_000);
    private static final String BY_TIME = "ringback_slow_consumers_total{reason=\"stalled\"}";
    private static final String BY_BYTES = "ringback_slow_consumers_total{reason=\"queued_bytes\"}";
    private static final String COALESCED = "ringback_events_coalesced_total";

    private static void move(TestGateway gateway, int number) throws IOException {
        String progress = "{\"progress\":{\"current\":" + number + ",\"message\":\"" + LONG_TEXT + "\"}}";
        assertThat(Wire.post(gateway, JOB + "/events", progress).status()).isEqualTo(200);
    }

    /** Moves the job until so much has been told that what the client has not read fills everything between. */
    private static void moveUntilCoalesced(TestGateway gateway) throws IOException {
        int number = 1;
        while (Wire.metric(gateway, COALESCED) < 1) {
            assertThat(number * LONG_TEXT.length()).isLessThan(4 * ENOUGH_BYTES);
            move(gateway, ++number);
        }
    }

    private static void end(TestGateway gateway) throws IOException {
        Wire.post(gateway, JOB + "/events", "{\"status\":\"completed\"}");
    }

    @Test
    void streamThatIsReadLateHasTheNewestStateAndTheEnd() throws IOException {
        try (TestGateway gateway = TestGateway.start()) {
            move(gateway, 1);
            try (Wire slow = new Wire(gateway).get(JOB + "/events")) {
                Wire.awaitWaiting(gateway, "sse", 1);
                moveUntilCoalesced(gateway);
                end(gateway);
                assertThat(slow.head().status()).isEqualTo(200);
                List<Event> events = slow.eventsToEnd();
                assertThat(events.get(events.size() - 1).name()).isEqualTo("complete");
                List<Long> versions = events.stream()
                        .filter(event -> !event.id().isEmpty())
                        .map(event ->
                                Long.parseLong(event.id().substring(event.id().indexOf('-') + 1)))
                        .toList();
                assertThat(versions).isSorted().doesNotHaveDuplicates();
                assertThat((double) versions.size())
                        .isLessThanOrEqualTo(versions.get(versions.size() - 1) - Wire.metric(gateway, COALESCED));
            }
            assertThat(Wire.metric(gateway, BY_TIME) + Wire.metric(gateway, BY_BYTES))
                    .isZero();
        }
    }

    @Test
    void clientThatTakesNothingForTheStallTimeIsClosedAndTheOthersDoNotNotice() throws IOException {
        try (TestGateway gateway = TestGateway.start("stream.stall-timeout=4s")) {
            move(gateway, 1);
            try (Wire stream = new Wire(gateway).get(JOB + "/events");
                    Wire socket = new Wire(gateway).upgrade(JOB);
                    Wire held = new Wire(gateway).get(JOB + "/result?wait=50")) {
                Wire.awaitWaiting(gateway, "sse", 1);
                Wire.awaitWaiting(gateway, "websocket", 1);
                Wire.awaitWaiting(gateway, "long_poll", 1);
                moveUntilCoalesced(gateway);
                await().until(() -> Wire.metric(gateway, BY_TIME) == 2);
                end(gateway);
                assertThat(held.answer().status()).isEqualTo(200);
                await().until(() -> Wire.metric(gateway, "ringback_connections") == 1);
            }
        }
    }

    @Test
    void clientThatTakesALittleNowAndThenHasNotStalled() throws IOException {
        try (TestGateway gateway = TestGateway.start("stream.stall-timeout=2s", "stream.heartbeat=300ms")) {
            move(gateway, 1);
            try (Wire slow = new Wire(gateway)) {
                // The kernel tells the other side of space in steps, which are large where the space is.
                slow.socket.setReceiveBufferSize(32_768);
                slow.get(JOB + "/events");
                Wire.awaitWaiting(gateway, "sse", 1);
                moveUntilCoalesced(gateway);
                slow.head();
                long end = System.nanoTime() + 6_000_000_000L;
                await().pollInterval(java.time.Duration.ofMillis(50)).until(() -> {
                    move(gateway, 2);
                    move(gateway, 3);
                    slow.event();
                    return System.nanoTime() > end;
                });
                assertThat(Wire.metric(gateway, BY_TIME)).isZero();
                end(gateway);
                List<Event> events = slow.eventsToEnd();
                assertThat(events.get(events.size() - 1).name()).isEqualTo("complete");
            }
        }
    }

    @Test
    void clientThatAsksAndAsksWithoutReadingIsClosedAtTheByteCap() throws IOException {
        try (TestGateway gateway = TestGateway.start(
                "stream.queued-bytes=32KiB", "stream.stall-timeout=5m", "websocket.commands-per-second=1000000")) {
            try (Wire flood = new Wire(gateway).upgrade("/ws")) {
                flood.socket.setSoTimeout(30_000);
                byte[] ping = Wire.maskedFrame(0x81, "{\"ping\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                byte[] many = new byte[ping.length * 4096];
                for (int i = 0; i < many.length; i += ping.length) {
                    System.arraycopy(ping, 0, many, i, ping.length);
                }
                await().until(() -> {
                    sendIfOpen(flood, many);
                    return Wire.metric(gateway, BY_BYTES) == 1;
                });
                Frame last = flood.frame();
                for (Frame frame = last; frame.opcode() >= 0; frame = flood.frame()) {
                    last = frame;
                }
                assertThat(last.closeCode()).isEqualTo(1013);
                assertThat(last.text()).isEqualTo("slow consumer: stream.queued-bytes");
            }
        }
    }

    private static void sendIfOpen(Wire flood, byte[] bytes) {
        try {
            flood.send(bytes);
        } catch (IOException closed) {
            assertThat(closed).hasMessageMatching("(?i).*(reset|broken pipe|closed).*");
        }
    }
}
