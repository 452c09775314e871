package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.http.ProxyProcess.Kind;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** nginx and HAProxy, as {@code config/} sets them up, see the same requests in a client's bytes as the gateway behind them does. */
@Tag("conformance")
class BehindProxiesIT {
    /** A proxy that waits for more of an attack is not waited for. */
    private static final int SILENCE_MILLIS = 40;

    /** HAProxy passes these on before it sees what is wrong with their bodies: a request that never becomes whole. */
    private static final Set<String> UNFINISHED = Set.of("chunk-size-32-bits", "chunk-size-sign-bit", "chunk-ext-64k");

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("listen.trusted-proxies=127.0.0.1");
        try (RawConnection worker = new RawConnection(gateway)) {
            String event = withBody("POST", "/jobs/next/events", "{\"progress\":1}");
            assertThat(worker.exchange(event).status()).isEqualTo(200);
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static ProxyProcess start(Kind kind, Path directory) throws IOException {
        assumeThat(kind.find()).as("%s is installed", kind).isPresent();
        ProxyProcess proxy = new ProxyProcess(kind, gateway, directory);
        await().untilAsserted(() -> askAsVictim(proxy));
        return proxy;
    }

    @ParameterizedTest
    @EnumSource
    void noAttackPutsARequestBehindTheProxyThatItDoesNotKnow(Kind kind, @TempDir Path directory) throws IOException {
        try (ProxyProcess proxy = start(kind, directory)) {
            await().until(() -> proxy.forwarded() > 0);
            for (Attack attack : (Iterable<Attack>) SmugglingAttacks.all()::iterator) {
                long seenBefore = seenByTheGateway();
                long forwardedBefore = proxy.forwarded();
                String heard = attack(proxy, attack.bytes() + Attack.NEXT);
                askAsVictim(proxy);
                if (!UNFINISHED.contains(attack.name())) {
                    await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(5))
                            .untilAsserted(() -> assertThat(seenByTheGateway() - seenBefore)
                                    .as("requests at the gateway by %s, which was answered %s", attack, heard)
                                    .isEqualTo(proxy.forwarded() - forwardedBefore));
                }
            }
        }
    }

    private static long seenByTheGateway() {
        return (long) (Metrics.of(gateway, "ringback_requests_total")
                + Metrics.of(gateway, "ringback_requests_malformed_total"));
    }

    private static String attack(ProxyProcess proxy, String bytes) throws IOException {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        try (Socket attacker = new Socket("127.0.0.1", proxy.port())) {
            attacker.setSoTimeout(SILENCE_MILLIS);
            attacker.getOutputStream().write(bytes.getBytes(ISO_8859_1));
            attacker.getInputStream().transferTo(heard);
        } catch (SocketTimeoutException | SocketException silentOrReset) {
            return heard.toString(ISO_8859_1);
        }
        return heard.toString(ISO_8859_1);
    }

    /** Twice on a connection: HAProxy sends a client's first request over a connection of its own. */
    private static void askAsVictim(ProxyProcess proxy) {
        try (RawConnection victim = new RawConnection(proxy.port())) {
            for (String name : new String[] {"first", "second"}) {
                Answer answer = victim.exchange(request("GET", "/jobs/next", "X-Correlation-Id: " + name));
                assertThat(answer.status()).as(answer.head()).isEqualTo(200);
                assertThat(answer.header("X-Correlation-Id")).isEqualTo(name);
                assertThat(answer.json().path("jobId").asText()).isEqualTo("next");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachWayToWaitWorksThroughTheProxy(Kind kind, @TempDir Path directory) throws IOException {
        try (ProxyProcess proxy = start(kind, directory);
                RawConnection poll = new RawConnection(proxy.port());
                RawConnection stream = new RawConnection(proxy.port());
                RawWebSocket webSocket = RawWebSocket.open(new RawConnection(proxy.port()), "/ws")) {
            webSocket.isAlive();
            double waiting = Metrics.of(gateway, "ringback_waiting{transport=\"long_poll\"}");
            poll.send(request("GET", "/jobs/next?wait=30"));
            await().until(() -> Metrics.of(gateway, "ringback_waiting{transport=\"long_poll\"}") == waiting + 1);
            stream.send(request("GET", "/jobs/next/events"));
            readUntil(stream, "data: {\"jobId\":\"next\"");

            try (RawConnection worker = new RawConnection(proxy.port())) {
                String event = withBody("POST", "/jobs/next/events", "{\"progress\":2}");
                assertThat(worker.exchange(event).status()).isEqualTo(200);
            }
            assertThat(poll.answer().json().path("jobId").asText()).isEqualTo("next");
            readUntil(stream, "data: {\"jobId\":\"next\"");
        }
    }

    /** What a proxy held back until the stream's end would not come. */
    private static void readUntil(RawConnection stream, String wanted) {
        StringBuilder heard = new StringBuilder();
        while (heard.indexOf(wanted) < 0) {
            heard.append(new String(stream.read(1), ISO_8859_1));
        }
    }
}
