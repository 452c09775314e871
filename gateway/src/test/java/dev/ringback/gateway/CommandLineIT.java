package dev.ringback.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.RedisProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as an operator runs it: a process with arguments, output and an exit code. */
class CommandLineIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** One line on standard error and exit code 1, or whatever else came. */
    private record Outcome(int code, List<String> lines) {}

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.ringback.gateway.Main"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static Outcome run(String... arguments) throws Exception {
        Process process = start(arguments);
        List<String> lines;
        try (BufferedReader output = process.inputReader(UTF_8)) {
            lines = output.lines().toList();
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), lines);
    }

    @Test
    void gatewayPrintsItsUrlsAndASignalDrainsItToExitCodeZero() throws Exception {
        Process process = start("up", "--set", "listen.port=0", "--set", "admin.port=0");
        BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        assertThat(output.readLine()).startsWith("ready in ").contains("memory store");
        String page = output.readLine().strip().split(" ")[0];
        output.readLine();
        String ready = output.readLine().strip().split(" ")[0];
        assertThat(get(page).statusCode()).isEqualTo(200);
        assertThat(get(ready).statusCode()).isEqualTo(200);

        process.toHandle().destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(output.lines()).containsExactly("draining", "stopped");
    }

    @Test
    void portThatIsTakenIsOneLineAndExitCodeOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Outcome outcome = run("up", "--set", "admin.port=0", "--set", "listen.port=" + taken.getLocalPort());
            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.lines()).hasSize(1);
            assertThat(outcome.lines().get(0))
                    .startsWith("ringback: cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("in use");
        }
    }

    @Test
    void configurationThatCannotBeReadIsOneLineAndExitCodeOne(@TempDir Path directory) throws Exception {
        Path missing = directory.resolve("missing.yaml");
        assertThat(run("up", "--config", missing.toString()))
                .isEqualTo(new Outcome(1, List.of(missing + ": no such file")));

        Path wrong = Files.writeString(directory.resolve("wrong.yaml"), "listen:\n  prot: 8080\n");
        Outcome checked = run("check", wrong.toString());
        assertThat(checked.code()).isEqualTo(1);
        assertThat(checked.lines())
                .singleElement()
                .asString()
                .contains(":2: listen.prot")
                .contains("listen.port");
    }

    @Test
    void redisThatIsAwayIsOneLineAndExitCodeOne() throws Exception {
        int port = RedisProcess.freePort();
        Outcome outcome = run(
                "up",
                "--set",
                "store.kind=redis",
                "--set",
                "redis.uri=redis://:hidden@127.0.0.1:" + port,
                "--set",
                "listen.port=0",
                "--set",
                "admin.port=0");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.lines())
                .singleElement()
                .asString()
                .startsWith("ringback: cannot reach Redis at 127.0.0.1:" + port)
                .doesNotContain("hidden");
    }

    @Test
    void gatewayThatMayDoWithoutRedisServesTheReasonUntilItIsThere() throws Exception {
        int port = RedisProcess.freePort();
        Process process = start(
                "up",
                "--set",
                "store.kind=redis",
                "--set",
                "redis.required=false",
                "--set",
                "redis.uri=redis://127.0.0.1:" + port,
                "--set",
                "listen.port=0",
                "--set",
                "admin.port=0");
        try {
            BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
            String line = output.readLine();
            while (!line.startsWith("ready")) {
                line = output.readLine();
            }
            String base = output.readLine().strip().split(" ")[0];
            output.readLine();
            String ready = output.readLine().strip().split(" ")[0];

            HttpResponse<String> refused = get(base + "jobs/1");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("cannot reach Redis at 127.0.0.1:" + port);
            assertThat(get(ready).statusCode()).isEqualTo(503);
            try (RedisProcess redis = RedisProcess.startOn(port)) {
                assertThat(redis.port()).isEqualTo(port);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> get(ready).statusCode() == 200);
                assertThat(get(base + "jobs/1").statusCode()).isEqualTo(404);
            }
        } finally {
            process.toHandle().destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(process.exitValue()).isZero();
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }
}
