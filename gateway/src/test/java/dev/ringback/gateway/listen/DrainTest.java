package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.listen.TransportTest.Answer;
import dev.ringback.gateway.listen.TransportTest.Event;
import dev.ringback.gateway.listen.TransportTest.Frame;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way out: each wait ends with what its client needs to come back elsewhere, and no client can hold up the gateway. */
class DrainTest {
    private static final String JOB = "/jobs/drained";

    private static TestGateway start(String... settings) throws IOException {
        TestGateway gateway = TestGateway.start(settings);
        Wire.post(gateway, JOB + "/events", "{\"progress\":1}");
        return gateway;
    }

    /** The deadline is far away: who is still there after ten seconds has been forgotten. */
    private static void awaitEnd(CompletableFuture<Void> drain) throws Exception {
        drain.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({"0s", "300ms"})
    void eachWaitEndsInItsOwnWay(String window) throws Exception {
        try (TestGateway gateway = start("drain.window=" + window, "drain.deadline=60s");
                Wire idle = new Wire(gateway);
                Wire fresh = new Wire(gateway);
                Wire longPoll = new Wire(gateway).get(JOB + "?wait=50");
                Wire result = new Wire(gateway).get(JOB + "/result?wait=50");
                Wire sse = new Wire(gateway).get(JOB + "/events");
                Wire many = new Wire(gateway).get("/events?jobs=drained,nobody");
                Wire webSocket = new Wire(gateway).upgrade("/ws")) {
            Answer state = idle.get(JOB).answer();
            assertThat(state.header("Connection")).isEqualTo("keep-alive");
            try (Wire tagged = new Wire(gateway).get(JOB + "?wait=50", "If-None-Match: " + state.header("ETag"))) {
                Wire.awaitWaiting(gateway, "long_poll", 3);
                Wire.awaitWaiting(gateway, "sse", 2);
                CompletableFuture<Void> drain = gateway.gateway().drain();
                assertCloses(longPoll, 200);
                assertCloses(tagged, 304);
                assertCloses(result, 408);
                assertStreamSaysWhenToRetry(sse);
                assertStreamSaysWhenToRetry(many);
                Frame close = webSocket.frame();
                assertThat(close.closeCode()).isEqualTo(1012);
                assertThat(close.text()).containsPattern("[0-9]+ ms");
                assertThat(webSocket.isClosed()).isTrue();
                assertThat(idle.isClosed()).isTrue();
                assertThat(fresh.isClosed()).isTrue();
                awaitEnd(drain);
            }
        }
    }

    private static void assertCloses(Wire wire, int status) throws IOException {
        Answer answer = wire.answer();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Connection")).isEqualTo("close");
        assertThat(wire.isClosed()).isTrue();
    }

    private static void assertStreamSaysWhenToRetry(Wire wire) throws IOException {
        assertThat(wire.head().status()).isEqualTo(200);
        List<Event> events = wire.eventsToEnd();
        assertThat(events.get(0).name()).isEqualTo("retry");
        Event last = events.get(events.size() - 1);
        assertThat(last.name()).isEqualTo("retry");
        assertThat(Integer.parseInt(last.data())).isPositive();
    }

    @Test
    void drainEndsOnceAllClientsHaveGone() throws Exception {
        try (TestGateway gateway = start("drain.window=0s", "drain.deadline=60s");
                Wire longPoll = new Wire(gateway).get(JOB + "?wait=50");
                Wire webSocket = new Wire(gateway).upgrade(JOB)) {
            Wire.awaitWaiting(gateway, "long_poll", 1);
            CompletableFuture<Void> drain = gateway.gateway().drain();
            assertThat(longPoll.answer().status()).isEqualTo(200);
            longPoll.close();
            webSocket.close();
            awaitEnd(drain);
            assertThat(Wire.metric(gateway, "ringback_connections")).isZero();
        }
    }

    @Test
    void newConnectionsAreRefusedAndReadinessSaysSoFirst() throws Exception {
        try (TestGateway gateway = start("drain.window=0s", "drain.deadline=60s")) {
            assertThat(readiness(gateway)).isEqualTo(200);
            awaitEnd(gateway.gateway().drain());
            assertThat(readiness(gateway)).isEqualTo(503);
            assertThatThrownBy(() -> new Wire(gateway)).isInstanceOf(IOException.class);
        }
    }

    private static int readiness(TestGateway gateway) throws IOException {
        try (Wire wire = new Wire(gateway.admin("/")).get("/readyz")) {
            return wire.answer().status();
        }
    }

    @Test
    void closesAreSpreadOverTheWindow() throws Exception {
        try (TestGateway gateway = start("listen.loops=1", "drain.window=1s", "drain.deadline=60s")) {
            List<Wire> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                waiting.add(new Wire(gateway).get(JOB + "?wait=50"));
            }
            Wire.awaitWaiting(gateway, "long_poll", 20);
            CompletableFuture<Void> drain = gateway.gateway().drain();
            await().until(() -> Wire.waiting(gateway, "long_poll") < 20);
            assertThat(Wire.waiting(gateway, "long_poll")).isPositive();
            for (Wire wire : waiting) {
                assertCloses(wire, 200);
                wire.close();
            }
            awaitEnd(drain);
        }
    }

    /** A request that was still arriving when its connection's turn came is a wait like the others once it is there. */
    @Test
    void requestThatArrivesDuringTheDrainIsNotHeld() throws Exception {
        try (TestGateway gateway = start("drain.window=0s", "drain.deadline=60s");
                Wire wire = new Wire(gateway)) {
            wire.send("POST /jobs HTTP/1.1\r\nHost: t\r\nPrefer: wait=50\r\nContent-Length: 12\r\n\r\n{\"type\"");
            await().until(() -> Wire.metric(gateway, "ringback_connections") == 1);
            CompletableFuture<Void> drain = gateway.gateway().drain();
            await().until(() -> readiness(gateway) == 503);
            wire.send(":\"t\"}");
            assertCloses(wire, 202);
            awaitEnd(drain);
        }
    }

    @ParameterizedTest
    @CsvSource({"/jobs/drained/events", "/jobs/drained?wait=50", "WebSocket"})
    void clientThatDoesNotReadIsCutOffAtTheDeadline(String way) throws Exception {
        String[] settings = {
            "drain.window=0s",
            "drain.deadline=2s",
            "limits.inline-result-bytes=8MiB",
            "stream.queued-bytes=64MiB",
            "limits.body-bytes=16MiB"
        };
        try (TestGateway gateway = start(settings);
                Wire deaf = new Wire(gateway)) {
            if (way.equals("WebSocket")) {
                deaf.upgrade(JOB);
            } else {
                deaf.get(way);
            }
            await().until(() -> Wire.metric(gateway, "ringback_topics") == 1);
            String result = "\"" + "r".repeat(8_000_000) + "\"";
            Wire.post(gateway, JOB + "/events", "{\"status\":\"completed\",\"result\":" + result + "}");
            CompletableFuture<Void> drain = gateway.gateway().drain();
            awaitEnd(drain);
            assertThat(Wire.metric(gateway, "ringback_connections")).isZero();
        }
    }
}
