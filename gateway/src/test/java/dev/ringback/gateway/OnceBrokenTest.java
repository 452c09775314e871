package dev.ringback.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Faults that were found by hand, over real sockets: each failed before it was mended. */
class OnceBrokenTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final byte[] CLOSE_FRAME = {(byte) 0x88, (byte) 0x80, 1, 2, 3, 4};

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("jobs.unknown=wait", "jobs.unknown-wait=1s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void preferenceThatNoHeaderCanEchoDoesNotSilenceTheAnswer() throws Exception {
        post("prefer", "{\"status\":\"processing\"}");
        String answer = exchange(
                "GET /jobs/prefer?wait=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + "Prefer: wait=\u00e9\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("Preference-Applied");
    }

    @Test
    void webSocketThatClosesInTheBreathOfItsUpgradeLeavesNothingBehind() throws Exception {
        post("breath", "{\"status\":\"processing\"}");
        for (int i = 0; i < 20; i++) {
            try (Socket socket = gateway.socket()) {
                ByteArrayOutputStream segment = new ByteArrayOutputStream();
                segment.writeBytes(
                        ("GET /jobs/breath HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                                .getBytes(ISO_8859_1));
                segment.writeBytes(CLOSE_FRAME);
                socket.getOutputStream().write(segment.toByteArray());
                String all = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
                assertThat(all).startsWith("HTTP/1.1 101").endsWith("\u0088\u0000");
            }
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(metric("ringback_waiting{transport=\"websocket\"}"))
                        .isEqualTo("0.0"));
    }

    @Test
    void clientThatPipelinesWithoutReadingIsNotAnsweredWithoutEnd() throws Exception {
        post("large", "{\"status\":\"completed\",\"result\":\"" + "x".repeat(30_000) + "\"}");
        int requests = 3000;
        double before = Double.parseDouble(metric("ringback_requests_total"));
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(8192);
            socket.setSoTimeout(20_000);
            socket.connect(gateway.address());
            byte[] burst = "GET /jobs/large HTTP/1.1\r\nHost: a\r\n\r\n"
                    .repeat(requests)
                    .getBytes(ISO_8859_1);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(socket, burst));
            await().pollDelay(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> true);
            double served = Double.parseDouble(metric("ringback_requests_total")) - before;
            assertThat(served).as("requests taken while nothing is read").isLessThan(requests / 4.0);

            assertThat(countAnswers(socket.getInputStream(), requests)).isEqualTo(requests);
            sent.get(10, TimeUnit.SECONDS);
        }
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static int countAnswers(InputStream in, int wanted) throws IOException {
        byte[] marker = "HTTP/1.1 200".getBytes(ISO_8859_1);
        byte[] buffer = new byte[65536];
        int matched = 0;
        int answers = 0;
        while (answers < wanted) {
            int count = in.read(buffer);
            for (int i = 0; i < count; i++) {
                matched = buffer[i] == marker[matched] ? matched + 1 : buffer[i] == marker[0] ? 1 : 0;
                if (matched == marker.length) {
                    answers++;
                    matched = 0;
                }
            }
        }
        return answers;
    }

    @Test
    void heldRequestForAnUnknownJobEndsWithTheTimeForUnknownJobs() throws Exception {
        long start = System.nanoTime();
        var response = CLIENT.send(
                HttpRequest.newBuilder(gateway.http("/jobs/never?wait=30")).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void bytesThatDripBehindAHeldRequestAreOneRequestOrOneTooMany() throws Exception {
        post("drip", "{\"status\":\"processing\"}");
        try (Socket socket = gateway.socket()) {
            socket.setTcpNoDelay(true);
            send(socket, "GET /jobs/drip?wait=3 HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
            String next = "GET /jobs/drip HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Long: " + "x".repeat(3000)
                    + "\r\n\r\n";
            for (byte b : next.getBytes(ISO_8859_1)) {
                socket.getOutputStream().write(b);
            }
            String answers = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(3);
        }
        try (Socket socket = gateway.socket()) {
            socket.setTcpNoDelay(true);
            send(socket, "GET /jobs/drip?wait=30 HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            socket.getOutputStream().write('x');
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(metric("ringback_waiting{transport=\"long_poll\"}"))
                        .isEqualTo("0.0"));
    }

    @Test
    void bodyInUtf16IsAMistakeOfTheClient() throws Exception {
        byte[] body = "{\"status\":\"processing\"}".getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
        var response = CLIENT.send(
                HttpRequest.newBuilder(gateway.http("/jobs/wide/events"))
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void jobThatEndedBeforeItWasSubmittedIsNotPublishedAgain() throws Exception {
        post("early", "{\"status\":\"completed\",\"result\":1}");
        var adopted = CLIENT.send(
                HttpRequest.newBuilder(gateway.http("/jobs/early"))
                        .PUT(BodyPublishers.ofString("{\"type\":\"late\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(adopted.statusCode()).isEqualTo(202);
        assertThat(adopted.headers().firstValue("ETag").orElseThrow()).endsWith("-1\"");
    }

    @Test
    void requestThatParksDuringTheDrainIsSentAwayToo() throws Exception {
        try (TestGateway draining = TestGateway.start("drain.window=100ms", "drain.deadline=8s");
                Socket socket = draining.socket()) {
            send(
                    socket,
                    ("POST /jobs HTTP/1.1\r\nHost: a\r\nPrefer: wait=30\r\nExpect: 100-continue\r\n"
                                    + "Content-Length: 15\r\n\r\n")
                            .getBytes(ISO_8859_1));
            byte[] heard = socket.getInputStream().readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length());
            assertThat(new String(heard, ISO_8859_1)).startsWith("HTTP/1.1 100");
            CompletableFuture<Void> drained = draining.gateway().drain();
            await().atMost(Duration.ofSeconds(5)).until(() -> isRefused(draining));
            send(socket, "{\"type\":\"late\"}".getBytes(ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            assertThat(answer).contains("HTTP/1.1 ").contains("Connection: close");
            drained.get(10, TimeUnit.SECONDS);
        }
    }

    private static boolean isRefused(TestGateway draining) {
        try (Socket probe = draining.socket()) {
            return probe.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static void post(String id, String event) throws Exception {
        var response = CLIENT.send(
                HttpRequest.newBuilder(gateway.http("/jobs/" + id + "/events"))
                        .POST(BodyPublishers.ofString(event))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
    }

    private static String exchange(String request) throws IOException {
        try (Socket socket = gateway.socket()) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static String metric(String name) throws Exception {
        String text = CLIENT.send(
                        HttpRequest.newBuilder(gateway.admin("/metrics")).build(), BodyHandlers.ofString())
                .body();
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }
}
