package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.listen.TransportTest.Answer;
import dev.ringback.gateway.listen.TransportTest.Event;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of a connection's bytes before, behind and after a parked request (I8), down to the single byte. One loop serves
 * all, so that an answer on one connection shows that what was sent before on another has been read.
 */
@Tag("conformance")
class ParkingTest {
    private static final String GET_OTHER = Wire.request("GET", "/jobs/other", "");
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static TestGateway gateway;
    private static Wire worker;

    private String job = "";

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start("listen.loops=1", "hub.linger=0s");
        worker = new Wire(gateway);
        worker.send(Wire.request("PUT", "/jobs/other", "{\"type\":\"t\"}")).answer();
    }

    @AfterAll
    static void stop() throws IOException {
        worker.close();
        gateway.close();
    }

    @BeforeEach
    void makeJob() throws IOException {
        job = "/jobs/parked" + NAMES.incrementAndGet();
        move("{\"progress\":0}");
    }

    private void move(String event) throws IOException {
        String request = Wire.request("POST", job + "/events", event);
        assertThat(worker.send(request).answer().status()).isEqualTo(200);
    }

    /** A long poll for the change after the present state, which cannot be missed. */
    private String held() throws IOException {
        String etag = worker.get(job).answer().header("ETag");
        return job + "?wait=20&after=" + etag.substring(3, etag.length() - 1);
    }

    private static int version(Answer answer) throws IOException {
        return answer.json().path("version").asInt();
    }

    /** When this returns, the gateway's loop has read what was sent before. */
    private static void barrier() throws IOException {
        worker.send(GET_OTHER).answer();
    }

    private static void sendInTwo(Wire wire, byte[] bytes, int split) throws IOException {
        wire.send(Arrays.copyOf(bytes, split));
        barrier();
        wire.send(Arrays.copyOfRange(bytes, split, bytes.length));
    }

    @Test
    void pipelinedPollsAreAnsweredInOrderWhereverTheirBytesAreSplit() throws IOException {
        try (Wire wire = new Wire(gateway)) {
            int length = Integer.MAX_VALUE;
            for (int split = 1; split < length; split++) {
                int before = version(worker.get(job).answer());
                String polls = Wire.request("GET", job, "") + Wire.request("GET", held(), "");
                byte[] three = (polls + GET_OTHER).getBytes(UTF_8);
                length = three.length;
                sendInTwo(wire, three, split);
                assertThat(version(wire.answer())).as("split at %d", split).isEqualTo(before);
                move("{\"progress\":" + split + "}");
                assertThat(version(wire.answer())).as("split at %d", split).isEqualTo(before + 1);
                assertThat(wire.answer().json().path("jobId").asText()).isEqualTo("other");
            }
        }
    }

    @Test
    void hundredPipelinedRequestsInOneSegmentAreAnsweredInOrder() throws IOException {
        StringBuilder puts = new StringBuilder();
        StringBuilder gets = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            puts.append(Wire.request("PUT", job + "-" + i, "{\"type\":\"t\"}"));
            gets.append(Wire.request("GET", job + "-" + i, ""));
        }
        try (Wire wire = new Wire(gateway)) {
            for (String all : List.of(puts.toString(), gets.toString())) {
                wire.send(all);
                for (int i = 0; i < 100; i++) {
                    assertThat(wire.answer().json().at("/links/self").asText()).isEqualTo(job + "-" + i);
                }
            }
            assertThat(wire.send(GET_OTHER).answer().status()).isEqualTo(200);
        }
    }

    /** The answer is written before the call that hands over the request returns. */
    @Test
    void requestBehindOneThatIsAnsweredAtOnceIsReadOnce() throws IOException {
        try (Wire wire = new Wire(gateway).send(Wire.request("GET", "/no-such-route", "") + GET_OTHER)) {
            assertThat(wire.answer().status()).isEqualTo(404);
            assertThat(wire.answer().json().path("jobId").asText()).isEqualTo("other");
            assertThat(wire.send(GET_OTHER).answer().json().path("jobId").asText())
                    .isEqualTo("other");
        }
    }

    @Test
    void hundredLongPollsFollowOneAnotherOnOneConnection() throws IOException {
        try (Wire wire = new Wire(gateway)) {
            for (int i = 1; i <= 100; i++) {
                wire.get(held());
                move("{\"progress\":" + i + "}");
                assertThat(wire.answer().json().at("/progress/current").asInt()).isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void bodyOfGetIsNotTheNextRequest(boolean waits, boolean chunked) throws IOException {
        String smuggled = "GET /jobs/smuggled HTTP/1.1\r\nHost: t\r\n\r\n";
        String head = "GET " + (waits ? held() : job) + " HTTP/1.1\r\nHost: t\r\n";
        String body = chunked
                ? "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(smuggled.length()) + "\r\n" + smuggled
                        + "\r\n0\r\n\r\n"
                : "Content-Length: " + smuggled.length() + "\r\n\r\n" + smuggled;
        try (Wire wire = new Wire(gateway)) {
            wire.send(head + body + GET_OTHER);
            barrier();
            move("{\"progress\":1}");
            assertThat(wire.answer().json().at("/links/self").asText()).isEqualTo(job);
            assertThat(wire.answer().json().path("jobId").asText()).isEqualTo("other");
        }
    }

    @Test
    void longPollIsNotParkedBeforeItsBodyIsThere() throws IOException {
        try (Wire wire = new Wire(gateway)) {
            wire.send(Wire.request("GET", held(), "", "Content-Length: " + GET_OTHER.length()));
            barrier();
            assertThat(Wire.waiting(gateway, "long_poll")).isZero();
            wire.send(GET_OTHER);
            Wire.awaitWaiting(gateway, "long_poll", 1);
            move("{\"progress\":1}");
            assertThat(version(wire.answer())).isEqualTo(2);
            wire.send(GET_OTHER);
            assertThat(wire.answer().json().path("jobId").asText()).isEqualTo("other");
        }
    }

    @Test
    void fourKibibytesBehindLongPollAreHeldAndReplayed() throws IOException {
        try (Wire wire = new Wire(gateway).get(held())) {
            Wire.awaitWaiting(gateway, "long_poll", 1);
            byte[] next = padded(ConnectionHandler.MAX_HELD_BYTES).getBytes(UTF_8);
            sendInTwo(wire, next, 1000);
            barrier();
            move("{\"progress\":1}");
            assertThat(version(wire.answer())).isEqualTo(2);
            assertThat(wire.answer().json().path("jobId").asText()).isEqualTo("other");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void moreBehindLongPollClosesTheConnection(boolean inOneSegment) throws IOException {
        double floods = Wire.metric(gateway, "ringback_connection_floods_total");
        String tooMuch = padded(ConnectionHandler.MAX_HELD_BYTES + 1);
        try (Wire wire = new Wire(gateway)) {
            String request = Wire.request("GET", held(), "");
            wire.send(inOneSegment ? request + tooMuch : request);
            barrier();
            wire.send(inOneSegment ? "" : tooMuch);
            assertThat(wire.isClosed()).isTrue();
        }
        Wire.awaitWaiting(gateway, "long_poll", 0);
        await().until(() -> Wire.metric(gateway, "ringback_topics") == 0);
        assertThat(Wire.metric(gateway, "ringback_connection_floods_total")).isEqualTo(floods + 1);
    }

    private static String padded(int length) {
        String padding = "p"
                .repeat(length - Wire.request("GET", "/jobs/other", "", "X: ").length());
        return Wire.request("GET", "/jobs/other", "", "X: " + padding);
    }

    @Test
    void heldHeadIsAnsweredWithoutBody() throws IOException {
        try (Wire wire = new Wire(gateway).send(Wire.request("HEAD", held(), "") + GET_OTHER)) {
            Wire.awaitWaiting(gateway, "long_poll", 1);
            move("{\"progress\":1}");
            Answer head = wire.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("ETag")).contains("-2");
            assertThat(Integer.parseInt(head.header("Content-Length"))).isPositive();
            assertThat(wire.answer().json().path("jobId").asText()).isEqualTo("other");
        }
    }

    @Test
    void headOfEverythingIsItsGetWithoutBody() throws IOException {
        move("{\"status\":\"completed\",\"result\":[1]}");
        List<String> targets = List.of(
                "/",
                job,
                job + "?wait=5",
                job + "/result",
                "/jobs/none",
                "/jobs/none?wait=5",
                "/none",
                "/events",
                "/ws");
        for (String target : targets) {
            Answer get = Wire.exchange(gateway, "GET", target, "");
            try (Wire wire = new Wire(gateway).send(Wire.request("HEAD", target, "") + GET_OTHER)) {
                Answer head = wire.head();
                assertThat(head.status()).as(target).isEqualTo(get.status());
                for (String name : List.of("Content-Length", "Content-Type", "ETag", "Vary", "Cache-Control")) {
                    assertThat(head.header(name)).as(target + " " + name).isEqualTo(get.header(name));
                }
                assertThat(wire.answer().json().path("jobId").asText())
                        .as(target)
                        .isEqualTo("other");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/jobs/other/events", "/events?jobs=other"})
    void headOfStreamEndsAtItsHead(String target) throws IOException {
        try (Wire wire = new Wire(gateway).send(Wire.request("HEAD", target, ""))) {
            Answer head = wire.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).startsWith("text/event-stream");
            assertThat(head.header("Cache-Control")).contains("no-store");
            assertThat(wire.isClosed()).isTrue();
        }
        Wire.awaitWaiting(gateway, "sse", 0);
    }

    @ParameterizedTest
    @CsvSource({
        "long_poll,CLOSE", "long_poll,HALF_CLOSE", "long_poll,RESET",
        "sse,CLOSE", "sse,HALF_CLOSE", "sse,RESET",
        "websocket,CLOSE", "websocket,HALF_CLOSE", "websocket,RESET"
    })
    void clientThatGoesAwayIsForgotten(String transport, Leaving leaving) throws IOException {
        await().until(() -> Wire.metric(gateway, "ringback_topics") == 0);
        try (Wire wire = parked(transport)) {
            Wire.awaitWaiting(gateway, transport, 1);
            assertThat(Wire.metric(gateway, "ringback_topics")).isEqualTo(1);
            leaving.by(wire);
            Wire.awaitWaiting(gateway, transport, 0);
            await().until(() -> Wire.metric(gateway, "ringback_topics") == 0);
            await().until(() -> Wire.metric(gateway, "ringback_connections") == 1);
        }
    }

    private Wire parked(String transport) throws IOException {
        Wire wire = new Wire(gateway);
        return switch (transport) {
            case "long_poll" -> wire.get(held());
            case "sse" -> wire.get(job + "/events");
            default -> wire.upgrade(job);
        };
    }

    private enum Leaving {
        CLOSE,
        HALF_CLOSE,
        RESET;

        private void by(Wire wire) throws IOException {
            switch (this) {
                case CLOSE -> wire.socket.close();
                case HALF_CLOSE -> wire.socket.shutdownOutput();
                case RESET -> wire.reset();
            }
        }
    }

    @Test
    void bytesOnStreamAreDiscardedThenClosed() throws IOException {
        double discarded = Wire.metric(gateway, "ringback_sse_discarded_bytes_total");
        double floods = Wire.metric(gateway, "ringback_stream_floods_total");
        try (Wire wire = new Wire(gateway).get(job + "/events")) {
            assertThat(wire.head().status()).isEqualTo(200);
            assertThat(wire.event().name()).isEqualTo("retry");
            assertThat(wire.event().name()).isEqualTo("progress");
            wire.send(GET_OTHER.repeat(4096 / GET_OTHER.length()));
            barrier();
            move("{\"progress\":1}");
            assertThat(wire.event().data()).contains("\"version\":2");
            assertThat(Wire.metric(gateway, "ringback_sse_discarded_bytes_total"))
                    .isGreaterThan(discarded + 4000);
            wire.send("x".repeat(GET_OTHER.length()));
            assertThat(wire.event()).isEqualTo(Event.END);
        }
        assertThat(Wire.metric(gateway, "ringback_stream_floods_total")).isEqualTo(floods + 1);
        Wire.awaitWaiting(gateway, "sse", 0);
    }

    /** They come before the stream opens, and mean as little as those that come later. */
    @Test
    void bytesInTheSegmentOfTheStreamsRequestAreDiscardedToo() throws IOException {
        double discarded = Wire.metric(gateway, "ringback_sse_discarded_bytes_total");
        try (Wire wire = new Wire(gateway).send(Wire.request("GET", job + "/events", "") + GET_OTHER)) {
            assertThat(wire.head().status()).isEqualTo(200);
            assertThat(wire.event().name()).isEqualTo("retry");
            assertThat(wire.event().name()).isEqualTo("progress");
            assertThat(Wire.metric(gateway, "ringback_sse_discarded_bytes_total"))
                    .isEqualTo(discarded + GET_OTHER.length());
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.0,'',true", "HTTP/1.0,keep-alive,false", "HTTP/1.1,close,true", "HTTP/1.1,keep-alive,false"})
    void connectionEndsAfterTheAnswerWhereTheClientSaysSo(String version, String connection, boolean ends)
            throws IOException {
        String field = connection.isEmpty() ? "" : "Connection: " + connection + "\r\n";
        try (Wire wire = new Wire(gateway)) {
            wire.send("GET " + held() + " " + version + "\r\nHost: t\r\n" + field + "\r\n" + GET_OTHER);
            Wire.awaitWaiting(gateway, "long_poll", 1);
            move("{\"progress\":1}");
            Answer answer = wire.answer();
            assertThat(version(answer)).isEqualTo(2);
            assertThat(answer.header("Connection")).isEqualTo(ends ? "close" : "keep-alive");
            if (ends) {
                assertThat(wire.isClosed()).isTrue();
            } else {
                assertThat(wire.answer().json().path("jobId").asText()).isEqualTo("other");
            }
        }
    }

    /** Each is closed long before the minute that a connection may be idle by default; {@code |} stands for a line break. */
    @ParameterizedTest
    @CsvSource({
        "header-timeout,''",
        "header-timeout,GET /jobs/other HTTP/1.1|Ho",
        "header-timeout,GET /jobs/other HTTP/1.1|Host: t||GET /jobs/other HTTP/1.1|Ho",
        "body-timeout,POST /jobs HTTP/1.1|Host: t|Content-Length: 50||{",
        "idle-timeout,GET /jobs/other HTTP/1.1|Host: t||",
        "idle-timeout,GET /jobs/other?wait=1 HTTP/1.1|Host: t||"
    })
    void clientThatDawdlesIsClosed(String limit, String sent) throws IOException {
        try (TestGateway strict = TestGateway.start("limits." + limit + "=300ms");
                Wire wire = new Wire(strict)) {
            Wire.exchange(strict, "PUT", "/jobs/other", "{\"type\":\"t\"}");
            wire.send(sent.replace("|", "\r\n"));
            await().until(() -> Wire.metric(strict, "ringback_connections") == 0);
            assertThat(Wire.metric(strict, "ringback_connection_timeouts_total"))
                    .isPositive();
            if (limit.equals("idle-timeout")) {
                assertThat(wire.answer().status()).isEqualTo(200);
            } else if (limit.equals("body-timeout")) {
                assertThat(wire.answer().status()).isEqualTo(408);
            }
        }
    }

    @Test
    void headerThatDripsIsClosedAtItsDeadline() throws IOException {
        try (TestGateway strict = TestGateway.start("limits.header-timeout=300ms");
                Wire wire = new Wire(strict).send("GET / HTTP/1.1\r\nX: ")) {
            await().pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> {
                        wire.send("x");
                        return Wire.metric(strict, "ringback_connections") == 0;
                    });
        } catch (java.net.SocketException closed) {
            assertThat(closed).hasMessageNotContaining("refused");
        }
    }
}
