package dev.ringback.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.LeakPresenceExtension;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code /readyz} says while Redis is well, frozen, gone, or lets no canary through (I7). */
@ExtendWith(LeakPresenceExtension.class)
class ReadinessIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String NOT_HEARD = "relay: shard 0 has not heard its canary for ";

    private RedisProcess redis;

    @BeforeEach
    void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterEach
    void stopRedis() {
        redis.close();
    }

    private TestGateway start(String uri, String... settings) {
        return TestGateway.start(Stream.concat(
                        Stream.of(
                                "store.kind=redis",
                                "redis.uri=" + uri,
                                "store.timeout=500ms",
                                "readiness.canary-interval=100ms"),
                        Stream.of(settings))
                .toArray(String[]::new));
    }

    private static HttpResponse<String> get(TestGateway gateway, String path) {
        try {
            return CLIENT.send(HttpRequest.newBuilder(gateway.admin(path)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void awaitReadiness(TestGateway gateway, int status, String... words) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            HttpResponse<String> answer = get(gateway, "/readyz");
            assertThat(answer.body()).contains(words);
            assertThat(answer.statusCode()).isEqualTo(status);
        });
    }

    @Test
    void verboseProbeNamesEachShardAndTheAgeOfItsCanary() {
        try (TestGateway gateway = start(redis.uri(), "hub.shards=2")) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(get(gateway, "/metrics").body())
                            .containsPattern("ringback_canaries_heard_total [1-9]"));
            assertThat(get(gateway, "/readyz?verbose").body())
                    .startsWith("ready\n")
                    .containsPattern("relay shard 0: connected, canary heard \\d+ ms ago")
                    .containsPattern("relay shard 1: connected, canary heard \\d+ ms ago");
            assertThat(get(gateway, "/metrics").body())
                    .containsPattern("ringback_canary_age_seconds\\{shard=\"1\"} \\d");
        }
    }

    @Test
    void frozenRedisTurnsTheProbeOfAnIdleGatewayRedAndThawedItTurnsGreen() {
        try (TestGateway gateway = start(redis.uri())) {
            awaitReadiness(gateway, 200, "ready");
            redis.freeze();
            awaitReadiness(gateway, 503, "not ready", NOT_HEARD);
            assertThat(get(gateway, "/livez").statusCode()).isEqualTo(200);
            redis.thaw();
            awaitReadiness(gateway, 200, "ready");
        }
    }

    @Test
    void canaryThatIsNotAllowedIsNamedAndCostsNoConnections() {
        redis.cli("ACL", "SETUSER", "gw", "on", ">pw", "~*", "+@all", "resetchannels", "&job:*");
        try (TestGateway gateway = start("redis://gw:pw@127.0.0.1:" + redis.port())) {
            awaitReadiness(gateway, 503, NOT_HEARD, "NOPERM");
            assertThat(get(gateway, "/metrics").body()).contains("ringback_relay_reconnects_total 0");

            redis.cli("ACL", "SETUSER", "gw", "&ringback:canary:*");
            awaitReadiness(gateway, 200, "ready");
        }
    }

    @Test
    void degradedGatewayStaysGreenAndSaysSo() {
        redis.cli("ACL", "SETUSER", "gw", "on", ">pw", "~*", "+@all", "resetchannels", "&job:*");
        try (TestGateway gateway =
                start("redis://gw:pw@127.0.0.1:" + redis.port(), "readiness.on-relay-loss=degrade")) {
            awaitReadiness(gateway, 200, "ready, degraded\n" + NOT_HEARD);
        }
    }

    @Test
    void riskySetUpIsNamed() {
        redis.cli("CONFIG", "SET", "maxmemory", "100mb");
        redis.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        redis.cli("CONFIG", "SET", "appendonly", "no");
        try (TestGateway gateway = start(redis.uri())) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(
                                    get(gateway, "/readyz?verbose").body())
                            .contains("risk: maxmemory-policy is allkeys-lru", "risk: nothing is kept on disk"));
            assertThat(get(gateway, "/readyz").statusCode()).isEqualTo(200);
        }
    }
}
