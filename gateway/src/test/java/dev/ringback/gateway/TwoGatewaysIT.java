package dev.ringback.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import dev.ringback.protocol.ApplyScript;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two gateways that share nothing but a real Redis. */
class TwoGatewaysIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static RedisProcess redis;
    private static TestGateway a;
    private static TestGateway b;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        a = TestGateway.start("store.kind=redis", "redis.uri=" + redis.uri(), "hub.linger=50ms");
        b = TestGateway.start("store.kind=redis", "redis.uri=" + redis.uri(), "hub.linger=50ms");
    }

    @AfterAll
    static void stop() {
        a.close();
        b.close();
        redis.close();
    }

    /** Everything that an SSE stream said, line by line. */
    private static final class Stream {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> ended;

        private Stream(URI uri) {
            ended = CLIENT.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofLines())
                    .thenAccept(response -> response.body().forEach(lines::add));
        }

        private void awaitLine(String text) {
            await().atMost(Duration.ofSeconds(10)).until(() -> lines.stream().anyMatch(line -> line.contains(text)));
        }

        private List<String> versions() {
            return lines.stream()
                    .filter(line -> line.startsWith("id: "))
                    .map(line -> line.substring(line.lastIndexOf('-') + 1))
                    .toList();
        }

        private long terminals() {
            return lines.stream().filter("event: complete"::equals).count();
        }
    }

    @Test
    void clientOfOneGatewayHearsWhatAWorkerPostsToTheOther() throws Exception {
        Stream onA = new Stream(a.http("/jobs/cross/events"));
        onA.awaitLine("retry");
        post(b, "cross", "{\"status\":\"processing\",\"progress\":{\"current\":1}}");
        // Whoever is still subscribing may be told the end alone.
        onA.awaitLine("\"current\":1");
        post(b, "cross", "{\"status\":\"completed\",\"result\":{\"ok\":true}}");
        onA.ended.get(10, TimeUnit.SECONDS);

        assertThat(onA.versions()).containsExactly("1", "2");
        assertThat(onA.terminals()).isEqualTo(1);
        assertThat(get(b, "/jobs/cross/result").body()).isEqualTo("{\"ok\":true}");
    }

    @Test
    void plainPublishThatBothGatewaysHearIsAppliedOnce() throws Exception {
        Stream onA = new Stream(a.http("/jobs/plain/events"));
        Stream onB = new Stream(b.http("/jobs/plain/events"));
        onA.awaitLine("retry");
        onB.awaitLine("retry");
        for (int i = 1; i <= 20; i++) {
            redis.cli("PUBLISH", "job:plain", "{\"status\":\"running\",\"progress\":{\"current\":" + i + "}}");
            onA.awaitLine("\"current\":" + i + "}");
        }
        redis.cli("PUBLISH", "job:plain", "{\"status\":\"complete\",\"result\":[]}");
        onA.ended.get(10, TimeUnit.SECONDS);
        onB.ended.get(10, TimeUnit.SECONDS);

        assertThat(onA.versions()).hasSize(21).last().isEqualTo("21");
        assertThat(onB.versions()).last().isEqualTo("21");
        assertThat(onA.terminals()).isEqualTo(1);
        assertThat(onB.terminals()).isEqualTo(1);
        assertThat(get(a, "/jobs/plain/result").body()).isEqualTo("[]");
    }

    @Test
    void scriptRunByHandReachesClientsOfBothGateways() throws Exception {
        Stream onA = new Stream(a.http("/jobs/byhand/events"));
        CompletableFuture<HttpResponse<String>> onB = CLIENT.sendAsync(
                HttpRequest.newBuilder(b.http("/jobs/byhand/result?wait=10")).build(), BodyHandlers.ofString());
        onA.awaitLine("retry");
        redis.cli(
                "EVAL",
                new String(ApplyScript.source(), java.nio.charset.StandardCharsets.UTF_8),
                "3",
                "job:byhand",
                "{job:byhand}:log",
                "{job:byhand}:result",
                "apply",
                "status",
                "completed",
                "result",
                "{\"n\":12345678901234567}");

        onA.ended.get(10, TimeUnit.SECONDS);
        assertThat(onA.terminals()).isEqualTo(1);
        assertThat(onB.get(10, TimeUnit.SECONDS).body()).isEqualTo("{\"n\":12345678901234567}");
    }

    @Test
    void sameNameSubmittedToBothGatewaysIsOneJob() throws Exception {
        HttpResponse<String> first = put(a, "once", "{\"type\":\"report\"}");
        HttpResponse<String> again = put(b, "once", "{\"type\":\"report\"}");
        HttpResponse<String> other = put(b, "once", "{\"type\":\"import\"}");

        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(incarnation(again)).isEqualTo(incarnation(first));
    }

    @Test
    void hundredAtOnceUnderOneKeyOnBothGatewaysMakeOneJob() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            HttpRequest request = HttpRequest.newBuilder((i % 2 == 0 ? a : b).http("/jobs"))
                    .header("Idempotency-Key", "at-once")
                    .POST(BodyPublishers.ofString("{\"type\":\"report\"}"))
                    .build();
            all.add(CLIENT.sendAsync(request, BodyHandlers.ofString()));
        }
        Set<String> jobs = new HashSet<>();
        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> each : all) {
            HttpResponse<String> answer = each.get(10, TimeUnit.SECONDS);
            statuses.add(answer.statusCode());
            jobs.add(answer.headers().firstValue("Location").orElseThrow() + " " + incarnation(answer));
        }

        assertThat(jobs).hasSize(1);
        assertThat(statuses).containsOnly(202, 200).containsOnlyOnce(202);
    }

    private static JsonNode incarnation(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body()).get("incarnation");
    }

    private static void post(TestGateway gateway, String id, String event) throws Exception {
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(gateway.http("/jobs/" + id + "/events"))
                        .POST(BodyPublishers.ofString(event))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private static HttpResponse<String> put(TestGateway gateway, String id, String job) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(gateway.http("/jobs/" + id))
                        .PUT(BodyPublishers.ofString(job))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(TestGateway gateway, String path) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(gateway.http(path)).build(), BodyHandlers.ofString());
    }
}
