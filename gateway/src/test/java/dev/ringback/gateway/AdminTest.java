package dev.ringback.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AdminTest {
    private static final String SECRET = "a-secret-of-the-shop";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "auth.mode=tokens", "auth.tokens=[{token: " + SECRET + ", owner: shop, role: client}]");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.admin(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    @Test
    void probesAnswerWithoutAToken() throws Exception {
        assertThat(send("GET", "/livez", "").body()).isEqualTo("ok\n");
        assertThat(send("GET", "/readyz", "").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/readyz?verbose", "").body())
                .contains("store: memory")
                .contains("relay shard 0: ");
    }

    @Test
    void metricsCountWhatHappensAndNameNoJob() throws Exception {
        var refused = CLIENT.send(
                HttpRequest.newBuilder(gateway.http("/jobs/secret-job")).build(), BodyHandlers.discarding());
        assertThat(refused.statusCode()).isEqualTo(401);

        String metrics = send("GET", "/metrics", "").body();
        assertThat(metrics)
                .contains("ringback_requests_total 1.0")
                .contains("ringback_replies_total{class=\"4xx\"} 1.0")
                .contains("ringback_waiting{transport=\"sse\"} 0.0")
                .doesNotContain("secret-job");
    }

    @Test
    void configurationInForceIsShownWithoutSecrets() throws Exception {
        String config = send("GET", "/config", "").body();
        assertThat(config)
                .contains("long-poll.max-wait: 55s")
                .contains("owner: shop")
                .doesNotContain(SECRET);
    }

    @Test
    void logLevelIsReadAndSet() throws Exception {
        String before = send("GET", "/loglevel", "").body().strip();
        assertThat(send("PUT", "/loglevel", "error").body()).isEqualTo("error\n");
        assertThat(send("GET", "/loglevel", "").body()).isEqualTo("error\n");
        HttpResponse<String> unknown = send("PUT", "/loglevel", "loud");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("trace, debug, info, warn, error");
        send("PUT", "/loglevel", before);
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        HttpResponse<String> unknown = send("GET", "/jobs/1", "");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("/livez, /readyz, /metrics");
        HttpResponse<String> method = send("DELETE", "/metrics", "");
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.headers().firstValue("Allow")).contains("GET, HEAD");
    }
}
