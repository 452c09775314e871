package dev.ringback.worker;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A program that submits jobs and looks at queues, over HTTP. */
final class QueueCaller {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final Supplier<String> gateway;

    /** @param gateway where to ask, each time anew */
    QueueCaller(Supplier<String> gateway) {
        this.gateway = gateway;
    }

    /** What was answered. */
    record Answer(int status, JsonNode body) {}

    Answer ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.get() + path))
                .timeout(PATIENCE)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
        return new Answer(answer.statusCode(), JSON.readTree(answer.body().isEmpty() ? "null" : answer.body()));
    }

    /** What is answered to a request that is taken. */
    JsonNode take(String method, String path, String body) throws IOException, InterruptedException {
        Answer answer = ask(method, path, body);
        if (answer.status() < 200 || answer.status() > 299) {
            throw new AssertionError(method + " " + path + ": " + answer);
        }
        return answer.body();
    }

    /** Submits a job and returns its id. */
    String submit(String type, String input) throws IOException, InterruptedException {
        return take("POST", "/jobs", "{\"type\":\"" + type + "\",\"input\":" + input + "}")
                .path("jobId")
                .textValue();
    }

    JsonNode job(String id) throws IOException, InterruptedException {
        return take("GET", "/jobs/" + id, "");
    }

    /** The job, once it is so. */
    JsonNode awaitJob(String id, Predicate<JsonNode> so) {
        return await(id).atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> job(id), so::test);
    }

    JsonNode awaitStatus(String id, String status) {
        return awaitJob(id, job -> job.path("status").asText().equals(status));
    }

    /** All dead letters of a type, page by page. */
    List<JsonNode> dead(String type) throws IOException, InterruptedException {
        List<JsonNode> letters = new ArrayList<>();
        JsonNode page = take("GET", "/queues/" + type + "/dead?limit=10", "");
        page.path("dead").forEach(letters::add);
        while (page.has("next")) {
            page = take("GET", page.path("next").textValue(), "");
            page.path("dead").forEach(letters::add);
        }
        return letters;
    }
}
