package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.listen.TransportTest.Answer;
import dev.ringback.gateway.listen.TransportTest.Event;
import dev.ringback.gateway.listen.TransportTest.Frame;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One too many: told so in the way that makes its client come back later, and in nobody's way (I5). */
class OverloadTest {
    private static final String JOB = "/jobs/wanted";
    private static final String RETRY = "overload.retry=10s";

    private static TestGateway start(String... settings) throws IOException {
        List<String> all = new ArrayList<>(List.of(RETRY));
        all.addAll(List.of(settings));
        TestGateway gateway = TestGateway.start(all.toArray(String[]::new));
        Wire.post(gateway, JOB + "/events", "{\"progress\":1}");
        await().until(() -> Wire.metric(gateway, "ringback_connections") == 0);
        return gateway;
    }

    static void assertTurnedAway(Wire wire, String code) throws IOException {
        Answer refused = wire.answer();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(refused.body()).contains(code);
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(5, 15);
    }

    /** An EventSource gives up for ever after any status but 200. */
    static void assertStreamEndsWithRetry(URI server) throws IOException {
        try (Wire wire = new Wire(server).get(JOB, "Accept: text/event-stream")) {
            Answer head = wire.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
            List<Event> events = wire.eventsToEnd();
            assertThat(events).hasSize(1);
            assertThat(events.get(0).name()).isEqualTo("retry");
            assertThat(Integer.parseInt(events.get(0).data())).isBetween(5_000, 15_000);
        }
    }

    static void assertWebSocketIsClosedForOverload(URI server, String path) throws IOException {
        try (Wire wire = new Wire(server).upgrade(path)) {
            Frame close = wire.frame();
            assertThat(close.closeCode()).isEqualTo(1013);
            assertThat(close.text()).matches("overload, reconnect after [0-9]+ ms");
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void connectionBeyondTheLimitIsAnsweredAsItsTransportNeedsIt() throws IOException {
        try (TestGateway gateway = start("limits.connections=1")) {
            URI server = gateway.http("/");
            try (Wire only = new Wire(gateway).get(JOB + "?wait=50")) {
                Wire.awaitWaiting(gateway, "long_poll", 1);
                assertShortPollIsTurnedAway(gateway);
                assertBodyIsNotWaitedFor(gateway);
                assertStreamEndsWithRetry(server);
                assertWebSocketIsClosedForOverload(server, "/ws");
                assertWebSocketIsClosedForOverload(server, JOB);
                assertThat(Wire.exchange(gateway, "GARBAGE ", "", "").status()).isEqualTo(400);
                assertThat(Wire.post(gateway, JOB + "/events", "{\"progress\":2}")
                                .status())
                        .isEqualTo(503);
                assertThat(only.socket.isClosed()).isFalse();
                assertThat(Wire.metric(gateway, "ringback_connections_refused_total"))
                        .isEqualTo(7);
                assertThat(Wire.metric(gateway, "ringback_turned_away_total{shortage=\"connections\"}"))
                        .isEqualTo(6);
            }
            await().until(() -> Wire.metric(gateway, "ringback_connections") == 0);
            assertThat(Wire.exchange(gateway, "GET", JOB, "").status()).isEqualTo(200);
        }
    }

    private static void assertShortPollIsTurnedAway(TestGateway gateway) throws IOException {
        try (Wire shortPoll = new Wire(gateway).get(JOB)) {
            assertTurnedAway(shortPoll, "too-many-connections");
            assertThat(shortPoll.isClosed()).isTrue();
        }
    }

    private static void assertBodyIsNotWaitedFor(TestGateway gateway) throws IOException {
        String head = "POST /jobs HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n";
        try (Wire wire = new Wire(gateway).send(head)) {
            assertTurnedAway(wire, "too-many-connections");
        }
    }

    @Test
    void thoseWhoAreTurnedAwayAndSayNothingKeepNobodyFromBeingTold() throws IOException {
        try (TestGateway gateway = start("limits.connections=1", "limits.header-timeout=30s");
                Wire only = new Wire(gateway).get(JOB + "?wait=50")) {
            Wire.awaitWaiting(gateway, "long_poll", 1);
            List<Wire> silent = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                silent.add(new Wire(gateway));
            }
            await().until(() -> Wire.metric(gateway, "ringback_connections_refused_total") == 64);
            try (Wire next = new Wire(gateway)) {
                assertTurnedAway(next, "too-many-connections");
                assertThat(next.isClosed()).isTrue();
            }
            for (Wire wire : silent) {
                wire.close();
            }
            await().ignoreExceptionsInstanceOf(AssertionError.class).until(() -> {
                assertStreamEndsWithRetry(gateway.http("/"));
                return true;
            });
            assertThat(only.socket.isClosed()).isFalse();
        }
    }

    @Test
    void pageOfAnotherSiteMayReadWhenToComeBack() throws IOException {
        String origin = "Origin: https://app.example";
        try (TestGateway gateway = start("limits.connections=1", "cors.origins=[https://app.example]");
                Wire only = new Wire(gateway).get(JOB + "?wait=50")) {
            Wire.awaitWaiting(gateway, "long_poll", 1);
            for (String accept : new String[] {"text/event-stream", "application/json"}) {
                try (Wire wire = new Wire(gateway).get(JOB, origin, "Accept: " + accept)) {
                    assertThat(wire.head().header("Access-Control-Allow-Origin"))
                            .isEqualTo("https://app.example");
                }
            }
            Answer preflight = Wire.exchange(
                    gateway, "OPTIONS", JOB + "/events", "", origin, "Access-Control-Request-Method: POST");
            assertThat(preflight.status()).isEqualTo(204);
            assertThat(preflight.header("Access-Control-Allow-Methods")).contains("POST");
            assertThat(only.socket.isClosed()).isFalse();
        }
    }

    @Test
    void requestThroughAProxyCountsFromItsHeadOn() throws IOException {
        String client = "X-Forwarded-For: 192.0.2.1";
        String head = "PUT /jobs/up/result HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n" + client + "\r\n\r\n";
        try (TestGateway gateway = start("limits.connections-per-address=1", "listen.trusted-proxies=127.0.0.1");
                Wire slow = new Wire(gateway).send(head + "x")) {
            await().until(() -> Wire.exchange(gateway, "GET", JOB, "", client).status() == 503);
            try (Wire upload = new Wire(gateway).send(head)) {
                assertTurnedAway(upload, "limits.connections-per-address");
            }
            slow.close();
            await().until(() -> Wire.exchange(gateway, "GET", JOB, "", client).status() == 200);
        }
    }

    @Test
    void addressMayHaveSoManyConnections() throws IOException {
        try (TestGateway gateway = start("limits.connections-per-address=2");
                Wire first = new Wire(gateway).get(JOB + "?wait=50");
                Wire second = new Wire(gateway).get(JOB + "/events")) {
            Wire.awaitWaiting(gateway, "long_poll", 1);
            assertThat(second.head().status()).isEqualTo(200);
            try (Wire third = new Wire(gateway).get(JOB)) {
                assertTurnedAway(third, "limits.connections-per-address");
            }
            first.close();
            await().until(() -> Wire.metric(gateway, "ringback_connections") == 1);
            assertThat(Wire.exchange(gateway, "GET", JOB, "").status()).isEqualTo(200);
        }
    }

    @Test
    void behindATrustedProxyTheClientThatItNamesMayHaveSoManyRequestsAtOnce() throws IOException {
        try (TestGateway gateway = start("limits.connections-per-address=1", "listen.trusted-proxies=127.0.0.1");
                Wire stream = new Wire(gateway).get(JOB + "/events", "X-Forwarded-For: 192.0.2.1");
                Wire proxy = new Wire(gateway)) {
            assertThat(stream.head().status()).isEqualTo(200);
            // What the client itself says before the proxy's word changes nothing.
            proxy.get(JOB, "X-Forwarded-For: 203.0.113.5, 192.0.2.1");
            assertTurnedAway(proxy, "limits.connections-per-address");
            assertThat(proxy.get(JOB, "X-Forwarded-For: 192.0.2.2").answer().status())
                    .isEqualTo(200);
            assertThat(proxy.get(JOB, "X-Forwarded-For: 192.0.2.2").answer().status())
                    .isEqualTo(200);
            assertThat(proxy.get(JOB).answer().status()).isEqualTo(200);
            stream.close();
            await().until(() ->
                    proxy.get(JOB, "X-Forwarded-For: 192.0.2.1").answer().status() == 200);
        }
    }
}
