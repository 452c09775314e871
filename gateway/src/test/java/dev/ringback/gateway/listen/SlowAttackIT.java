package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.GatewayProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that are slow on purpose hold no connection past its deadline, and are felt by nobody else. All deadlines of this gateway are 3 s or
 * less; "in time" is far above them, and far below what such a client would like.
 */
@Tag("conformance")
class SlowAttackIT {
    private static final Path SLOWHTTPTEST = Path.of("/usr/bin/slowhttptest");
    private static final Duration IN_TIME = Duration.ofSeconds(30);
    private static final String OPEN = "ringback_connections";
    private static final String ACCEPTED = "ringback_connections_accepted_total";
    private static final int CONNECTIONS = 200;
    private static final String POST = "POST /jobs HTTP/1.1\r\nHost: a\r\n";
    private static final int DOCUMENT_BYTES = 900_000;
    private static final int RESULT_BYTES = 16 << 20;

    private GatewayProcess gateway;
    private ScheduledExecutorService clock;
    private long filesBefore;

    @BeforeEach
    void start() throws IOException {
        gateway = GatewayProcess.start(
                "limits.header-timeout=1s",
                "limits.body-timeout=3s",
                "limits.idle-timeout=1s",
                "stream.stall-timeout=1s",
                "stream.heartbeat=500ms",
                "stream.max-age=10m");
        clock = Executors.newSingleThreadScheduledExecutor();
        upload("/jobs/large/result", RESULT_BYTES);
        progress("/jobs/wide/events");
        progress("/jobs/wide/events");
        awaitOnlyUs();
        filesBefore = files();
    }

    @AfterEach
    void stop() {
        clock.shutdownNow();
        gateway.close();
    }

    /** All attackers at once, so that the test says of each whether it was let go. */
    @Test
    void whoSendsSlowlyIsLetGo() throws IOException {
        List<SlowClient> clients = new ArrayList<>();
        for (String[] attack : slowSenders()) {
            clients.add(new SlowClient(attack[0], server(), attack[1], attack[2]));
        }
        every(100, () -> clients.forEach(SlowClient::tick));
        await().atMost(IN_TIME)
                .untilAsserted(() -> assertThat(clients.stream().filter(client -> !client.isClosed()))
                        .as("who is still there")
                        .isEmpty());
        checkHealthy();
        awaitOnlyUs();
        awaitFiles();
        for (SlowClient client : clients) {
            client.close();
        }
    }

    private static List<String[]> slowSenders() {
        String upgrade = Wire.upgradeRequest("/ws");
        String chunked = POST + "Transfer-Encoding: chunked\r\n\r\n";
        return List.of(
                attack("silence", "", ""),
                attack("a byte of TLS", "\u0016", ""),
                attack("TLS byte by byte", "\u0016\u0003\u0001", "\u0000"),
                attack("empty lines", "", "\r\n"),
                attack("a request line", "GET /", "a"),
                attack("a header's value", "GET / HTTP/1.1\r\nHost: a\r\nX: ", "a"),
                attack("headers", "GET / HTTP/1.1\r\nHost: a\r\n", "A: b\r\n"),
                attack("a second request", Wire.request("GET", "/none", "") + "GET / HT", "T"),
                attack("empty lines between requests", Wire.request("GET", "/none", ""), "\r\n"),
                attack("a body", POST + "Content-Length: 10000\r\n\r\n{", "a"),
                attack("a body that is asked for", POST + "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n", ""),
                attack("a chunk", chunked + "1000\r\n", "a"),
                attack("chunks", chunked, "1\r\na\r\n"),
                attack("a chunk's extension", chunked + "1;a=", "b"),
                attack("a trailer", chunked + "0\r\nA: ", "b"),
                attack("trailers", chunked + "0\r\n", "A: b\r\n"),
                attack("an upload", "PUT /jobs/slow/result HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n", "a"),
                attack("half a frame's head", upgrade + "\u0081", ""),
                attack("a frame", upgrade + "\u0081\u00fe\u0100\u0000\u0000\u0000\u0000\u0000", "a"),
                attack(
                        "fragments without an end",
                        upgrade + "\u0001\u0081\u0000\u0000\u0000\u0000a",
                        "\u0000\u0081\u0000\u0000\u0000\u0000a"));
    }

    private static String[] attack(String name, String opening, String drip) {
        return new String[] {name, opening, drip};
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /jobs/wide HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /jobs/wide?wait=30&after=CURSOR HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /jobs/large/result HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /jobs/wide/events HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /events?jobs=wide HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /jobs/wide HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            })
    void whoReadsSlowlyIsLetGo(String request) throws IOException {
        boolean keptAlive = !request.contains("Upgrade") && !request.contains("events") && !request.contains("large");
        double acceptedBefore = gateway.metric(ACCEPTED);
        try (Socket socket = new Socket()) {
            // Kernels hold megabytes for a client that offers room for them.
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(server().getHost(), server().getPort()));
            String sent = request.replace("CURSOR", incarnation() + "-1");
            socket.getOutputStream().write((keptAlive ? sent.repeat(20) : sent).getBytes(UTF_8));
            every(1000, () -> readOne(socket));
            await().atMost(IN_TIME).until(() -> gateway.metric(ACCEPTED) > acceptedBefore);
            await().atMost(IN_TIME).until(() -> {
                if (!keptAlive) {
                    progress("/jobs/wide/events");
                }
                return gateway.metric(OPEN) == 0;
            });
            checkHealthy();
        }
        awaitOnlyUs();
        awaitFiles();
    }

    private static void readOne(Socket socket) {
        try {
            var unused = socket.getInputStream().read();
        } catch (IOException ended) {
            // The server has let go, as it should.
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-H -i 1 -x 10 -u /jobs/wide",
                "-B -i 1 -s 8192 -u /jobs",
                "-R -a 5 -b 3000 -u /jobs/large/result",
                "-X -w 10 -y 20 -n 1 -z 5 -k 3 -u /jobs/large/result"
            })
    void slowhttptestIsLetGo(String mode) throws Exception {
        assumeThat(Files.isExecutable(SLOWHTTPTEST))
                .as("slowhttptest is installed; its attacks are left out without it")
                .isTrue();
        List<String> command = new ArrayList<>(List.of(SLOWHTTPTEST.toString()));
        command.addAll(List.of(mode.split(" ")));
        int path = command.size() - 1;
        command.set(path, gateway.http(command.get(path)).toString());
        command.addAll(List.of("-c", Integer.toString(CONNECTIONS), "-r", "400", "-l", "60", "-p", "5", "-v", "1"));
        Process attack = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().atMost(IN_TIME).until(() -> gateway.metric(ACCEPTED) > CONNECTIONS);
            await().atMost(IN_TIME).until(() -> {
                checkHealthy();
                return gateway.metric(OPEN) == 0;
            });
            awaitFiles();
        } finally {
            attack.destroyForcibly();
        }
    }

    private void every(long millis, Runnable task) {
        clock.scheduleAtFixedRate(task, 0, millis, TimeUnit.MILLISECONDS);
    }

    private void checkHealthy() throws IOException {
        try (Wire wire = new Wire(server())) {
            assertThat(wire.get("/jobs/large").answer().status()).isEqualTo(200);
        }
    }

    private void upload(String path, int bytes) throws IOException {
        try (Wire wire = new Wire(server())) {
            wire.send("PUT " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + bytes + "\r\n\r\n");
            wire.send(new byte[bytes]);
            assertThat(wire.answer().status()).isEqualTo(200);
        }
    }

    private void progress(String path) throws IOException {
        String progress = "{\"progress\":{\"message\":\"" + "x".repeat(DOCUMENT_BYTES) + "\"}}";
        try (Wire wire = new Wire(server())) {
            assertThat(wire.send(Wire.request("POST", path, progress)).answer().status())
                    .isEqualTo(200);
        }
    }

    private String incarnation() throws IOException {
        try (Wire wire = new Wire(server())) {
            return wire.get("/jobs/wide").answer().json().path("incarnation").textValue();
        }
    }

    private URI server() {
        return gateway.http("/");
    }

    private void awaitOnlyUs() {
        await().atMost(IN_TIME).until(() -> gateway.metric(OPEN) == 0);
    }

    /** The test's own connections to the admin port come and go. */
    private void awaitFiles() {
        await().atMost(IN_TIME).untilAsserted(() -> assertThat(files()).isLessThanOrEqualTo(filesBefore + 2));
    }

    private long files() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(gateway.pid()), "fd"))) {
            return open.count();
        }
    }
}
