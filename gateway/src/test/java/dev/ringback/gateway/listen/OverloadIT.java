package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.listen.TransportTest.Answer;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a gateway takes, and from whom, while its memory is short or its store does not answer. */
class OverloadIT {
    private static final String JOB = "/jobs/wanted";
    private static final String LARGE = "x".repeat(200_000);
    private static final Duration LONG = Duration.ofSeconds(150);

    private static Answer exchange(URI server, String method, String path, String body) throws IOException {
        try (Wire wire = new Wire(server).send(Wire.request(method, path, body))) {
            return wire.answer();
        }
    }

    private int filled;

    /** Makes ended jobs, whose results the memory store keeps, until memory is so short. */
    private void fillUntil(GatewayProcess gateway, int pressure) throws IOException {
        // Once more after it is seen: what was full of garbage may be less full at the next look.
        for (int seen = 0; seen < 2; seen += gateway.metric("ringback_memory_pressure") < pressure ? 0 : 1) {
            assertThat(filled).as("jobs without effect").isLessThan(1_500);
            for (int i = 0; i < 10; i++) {
                String end = "{\"status\":\"completed\",\"result\":\"" + LARGE + "\"}";
                Answer answer = exchange(gateway.http("/"), "POST", "/jobs/f" + filled++ + "/events", end);
                assertThat(answer.status()).isEqualTo(200);
            }
        }
    }

    /** Long, because it waits for the pauses between collections. */
    @Tag("chaos")
    @Test
    void whileMemoryIsShortNobodyNewWaitsAndWhatWorkersTellIsTakenUntilThereIsRoomAgain() throws IOException {
        try (GatewayProcess gateway = GatewayProcess.start(
                        "overload.retry=10s",
                        "overload.heap-percent=40",
                        "store.memory-bytes=1GiB",
                        "jobs.result-ttl=20s",
                        "jobs.tombstone-ttl=0s");
                Wire early = new Wire(gateway.http("/"))) {
            URI server = gateway.http("/");
            exchange(server, "POST", JOB + "/events", "{\"progress\":1}");
            early.get(JOB + "/result?wait=50");

            fillUntil(gateway, 1);
            for (String wait : new String[] {JOB + "?wait=5", JOB + "/result"}) {
                try (Wire wire = new Wire(server).get(wait)) {
                    OverloadTest.assertTurnedAway(wire, "memory-short");
                }
            }
            OverloadTest.assertStreamEndsWithRetry(server);
            OverloadTest.assertWebSocketIsClosedForOverload(server, JOB);
            assertThat(exchange(server, "PUT", "/jobs/up/result", "bytes").status())
                    .isEqualTo(503);
            assertThat(exchange(server, "GET", JOB, "").status()).isEqualTo(200);
            assertThat(exchange(server, "POST", "/jobs?wait=50", "{\"type\":\"t\"}")
                            .status())
                    .isEqualTo(202);

            fillUntil(gateway, 2);
            assertThat(exchange(server, "GET", JOB, "").status()).isEqualTo(503);
            assertThat(exchange(server, "POST", "/jobs", "{\"type\":\"t\"}").status())
                    .isEqualTo(503);
            assertThat(exchange(server, "POST", JOB + "/events", "{\"status\":\"completed\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(early.answer().status()).isEqualTo(200);

            await().atMost(LONG).until(() -> gateway.metric("ringback_memory_pressure") == 0);
            assertThat(exchange(server, "POST", JOB + "2/events", "{\"status\":\"completed\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(exchange(server, "GET", JOB + "2/result?wait=5", "").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void requestsBeyondThoseThatAreBeingAnsweredAreTurnedAwayAtOnce() throws IOException {
        try (RedisProcess redis = RedisProcess.start();
                TestGateway gateway = TestGateway.start(
                        "store.kind=redis",
                        "redis.uri=" + redis.uri(),
                        "listen.loops=1",
                        "overload.requests=2",
                        "overload.retry=10s",
                        "store.timeout=30s");
                Wire first = new Wire(gateway);
                Wire second = new Wire(gateway);
                Wire third = new Wire(gateway)) {
            Wire.post(gateway, JOB + "/events", "{\"progress\":1}");
            redis.freeze();
            first.get(JOB);
            second.get(JOB);
            await().until(() -> Wire.metric(gateway, "ringback_requests_total") == 3);
            OverloadTest.assertTurnedAway(third.get(JOB), "too-many-requests");
            OverloadTest.assertTurnedAway(third.get(JOB), "too-many-requests");
            redis.thaw();
            assertThat(first.answer().status()).isEqualTo(200);
            assertThat(second.answer().status()).isEqualTo(200);
            assertThat(third.get(JOB).answer().status()).isEqualTo(200);
        }
    }
}
