package dev.ringback.gateway.webhook.client;

import static dev.ringback.gateway.testkit.Receiver.after;
import static dev.ringback.gateway.testkit.Receiver.answer;
import static dev.ringback.gateway.testkit.Receiver.both;
import static dev.ringback.gateway.testkit.Receiver.hangUp;
import static dev.ringback.gateway.testkit.Receiver.never;
import static dev.ringback.gateway.testkit.Receiver.raw;
import static dev.ringback.gateway.testkit.Receiver.reset;
import static dev.ringback.gateway.testkit.Receiver.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Call;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of a request to receivers of all kinds, without TLS. */
class WebhookClientTest {
    private final Receiver receiver = Receiver.start();
    private Caller caller = new Caller();

    @AfterEach
    void close() {
        caller.close();
        receiver.close();
    }

    private Answer post() {
        return caller.post(receiver.url("/hook"));
    }

    @Test
    void theRequestIsSentAsGiven() {
        receiver.otherwise(status(204));
        Call call = new Call(
                URI.create(receiver.url("/a/b%20c?d=e")),
                List.of("webhook-id", "job/1", "User-Agent", "Other/2"),
                "{\"state\":\"völlig\"}".getBytes(UTF_8));

        Answer answer = Caller.answer(caller.begin(call));

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.failure()).isNull();
        assertThat(answer.latencyNanos()).isPositive();
        Receiver.Request request = receiver.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/a/b%20c?d=e");
        assertThat(request.text()).isEqualTo("{\"state\":\"völlig\"}");
        assertThat(request.headers())
                .containsOnlyKeys("host", "content-type", "content-length", "user-agent", "accept", "webhook-id")
                .containsEntry("host", "127.0.0.1:" + receiver.port())
                .containsEntry("content-type", "application/json")
                .containsEntry("webhook-id", "job/1")
                .containsEntry("user-agent", "Other/2");
    }

    @Test
    void aUrlWithoutAPathIsCalledAtTheRoot() {
        caller.post(receiver.url("?a=b"));

        assertThat(receiver.requests().get(0).target()).isEqualTo("/?a=b");
        assertThat(receiver.requests().get(0).header("User-Agent")).isEqualTo("Ringback/1");
    }

    @Test
    void aHeaderThatWouldSplitTheRequestIsRefused() {
        Call call = new Call(URI.create(receiver.url("/")), List.of("a", "b\r\nc: d"), new byte[0]);

        assertThatThrownBy(() -> caller.begin(call)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 299, 301, 302, 307, 308, 400, 404, 410, 429, 500, 503, 599})
    void aStatusIsAStatusAndNoRedirectIsFollowed(int status) {
        receiver.otherwise(answer(status, "body", "Location", receiver.url("/elsewhere"), "Retry-After", "120"));

        Answer answer = post();

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.failure()).isNull();
        assertThat(answer.retryAfter()).isEqualTo("120");
        assertThat(answer.excerpt()).isEqualTo("body");
        assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void theExcerptIsOneLineOfPrintableText() {
        receiver.otherwise(answer(500, "Ähm:\r\n\u0007\u001b[31m no\u0000w" + "x".repeat(5_000)));

        assertThat(post().excerpt()).startsWith("Ähm: [31m no wxxx").hasSizeLessThanOrEqualTo(1024);
    }

    // ── connections ────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void oneConnectionServesOneRequestAfterAnother() {
        receiver.otherwise(answer(200, "fine"));

        for (int i = 0; i < 20; i++) {
            assertThat(post().status()).isEqualTo(200);
        }

        assertThat(receiver.requests()).hasSize(20);
        assertThat(receiver.connections()).isEqualTo(1);
        assertThat(caller.client().connections()).isEqualTo(1);
    }

    @Test
    void requestsAtOnceHaveAConnectionEach() {
        receiver.otherwise(after(Duration.ofMillis(200), status(204)));

        List<CompletableFuture<Answer>> answers = IntStream.range(0, 8)
                .mapToObj(i -> caller.begin(receiver.url("/" + i)))
                .toList();

        answers.forEach(answer -> assertThat(Caller.answer(answer).status()).isEqualTo(204));
        assertThat(receiver.connections()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
            })
    void noConnectionIsUsedAgainThatSaysSoOrSaysTooMuch(String text) {
        receiver.next(raw(text), status(204));

        assertThat(post().status()).isEqualTo(200);
        assertThat(post().status()).isEqualTo(204);
        assertThat(receiver.connections()).isEqualTo(2);
    }

    @Test
    void aKeptConnectionThatIsGoneIsReplacedOnce() {
        receiver.next(status(204), reset(), status(201), hangUp(), status(202));

        assertThat(post().status()).isEqualTo(204);
        assertThat(post().status()).isEqualTo(201);
        assertThat(post().status()).isEqualTo(202);
        assertThat(receiver.requests()).hasSize(5);
        assertThat(receiver.connections()).isEqualTo(3);
    }

    @Test
    void aRequestIsNotRepeatedTwice() {
        receiver.next(status(204), reset(), reset(), status(200));

        assertThat(post().status()).isEqualTo(204);
        assertThat(post().failure()).isEqualTo(Failure.RESET);
        assertThat(receiver.requests()).hasSize(3);
    }

    @Test
    void aRequestThatWasAnsweredInPartIsNotRepeated() {
        receiver.next(status(204), both(raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal"), reset()), status(500));

        assertThat(post().status()).isEqualTo(204);
        assertThat(post().status()).isEqualTo(200);
        assertThat(receiver.requests()).hasSize(2);
    }

    @Test
    void idleConnectionsAreClosedAfterAWhile() {
        caller.close();
        caller = new Caller(new IdleConnections.Limits(64, Duration.ofMillis(300), Duration.ofMinutes(5)));

        assertThat(post().status()).isEqualTo(204);

        await().until(() -> caller.client().connections() == 0);
    }

    @Test
    void connectionsAreNotUsedForEver() {
        caller.close();
        caller = new Caller(new IdleConnections.Limits(64, Duration.ofMinutes(5), Duration.ZERO));

        assertThat(post().status()).isEqualTo(204);
        assertThat(post().status()).isEqualTo(204);
        assertThat(receiver.connections()).isEqualTo(2);
    }

    @Test
    void onlySoManyConnectionsAreKept() {
        caller.close();
        caller = new Caller(new IdleConnections.Limits(4, Duration.ofMinutes(5), Duration.ofMinutes(5)));
        receiver.otherwise(after(Duration.ofMillis(200), status(204)));
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(caller.begin(receiver.url("/")));
        }

        answers.forEach(Caller::answer);

        await().until(() -> caller.client().connections() <= 2);
    }

    // ── no connection ──────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void nobodyListening() {
        Answer answer = caller.post("http://127.0.0.1:" + RedisProcess.freePort() + "/");

        assertThat(answer.failure()).isEqualTo(Failure.CONNECT);
        assertThat(answer.detail()).contains("refused");
    }

    @Test
    void aConnectionThatIsNeverMadeIsGivenUp() throws IOException {
        caller.close();
        caller = new Caller("connect-timeout=300ms");
        // With its queue full, further connections are neither accepted nor refused.
        List<Socket> queued = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            for (int i = 0; i < 10; i++) {
                Socket socket = SocketChannel.open().socket();
                queued.add(socket);
                socket.getChannel().configureBlocking(false);
                socket.getChannel().connect(full.getLocalSocketAddress());
            }

            Answer answer = caller.post("http://127.0.0.1:" + full.getLocalPort() + "/");

            assertThat(answer.failure()).isEqualTo(Failure.CONNECT);
            assertThat(answer.detail()).contains("300 ms");
        } finally {
            for (Socket socket : queued) {
                socket.getChannel().close();
            }
        }
    }

    @Test
    void aUrlThatMayNotBeCalledIsNot() {
        Answer answer = caller.post("http://127.0.0.2:" + receiver.port() + "/");

        assertThat(answer.failure()).isEqualTo(Failure.DENIED);
        assertThat(answer.detail()).contains("127.0.0.2", "RFC 1122");
        assertThat(caller.post("http://user@127.0.0.1/").failure()).isEqualTo(Failure.DENIED);
        assertThat(receiver.connections()).isZero();
    }

    @Test
    void localhostIsItsAddress() {
        assertThat(caller.post(receiver.url("localhost", "/")).status()).isEqualTo(204);
        assertThat(caller.post(receiver.url("a.localhost", "/")).status()).isEqualTo(204);
        assertThat(receiver.requests().get(1).header("Host")).isEqualTo("a.localhost:" + receiver.port());
    }

    @Test
    void closingEndsWhatIsRunningAndTakesNothingMore() {
        receiver.otherwise(never());
        CompletableFuture<Answer> running = caller.begin(receiver.url("/"));
        await().until(() -> receiver.requests().size() == 1);

        caller.client().close();

        assertThat(Caller.answer(running).failure()).isEqualTo(Failure.RESET);
        assertThat(post().failure()).isEqualTo(Failure.RESET);
        caller.close();
        assertThat(post().detail()).contains("stopped");
    }
}
