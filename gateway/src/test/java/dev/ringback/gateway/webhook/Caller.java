package dev.ringback.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A gateway that may call receivers on this machine, and its API as a program uses it. */
final class Caller implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final TestGateway gateway =
            TestGateway.start("webhook.allow-http=true", "webhook.allow-cidrs=127.0.0.0/8", "webhook.ports=[]");

    URI http(String path) {
        return gateway.http(path);
    }

    /** What is answered to a request that is taken. */
    JsonNode ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(http(path))
                .timeout(Duration.ofSeconds(20))
                .method(method, BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return JSON.readTree(answer.body());
    }

    /** A job that has ended. */
    void endJob(String jobId) throws IOException, InterruptedException {
        ask("PUT", "/jobs/" + jobId, "{\"type\":\"report\"}");
        ask("POST", "/jobs/" + jobId + "/events", "{\"status\":\"completed\",\"result\":{\"größe\":[]}}");
    }

    @Override
    public void close() {
        gateway.close();
    }
}
