package dev.ringback.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The JDK's HTTP client against one gateway, as a caller's program would use it. */
record Api(HttpClient client, String base) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST = Duration.ofSeconds(60);

    static {
        // The JDK's client sets these itself, unless told that a program may.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host,connection,origin");
    }

    Api(TestGateway gateway) {
        this(HttpClient.newHttpClient(), gateway.http("").toString());
    }

    /** An answer; its JSON is read when asked for. */
    record Said(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String body() {
            return response.body();
        }

        JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String jobId() {
            return json().path("jobId").asText();
        }
    }

    /** @param headers each as {@code name: value} */
    Said send(String method, String path, String body, String... headers) {
        return sendAsync(method, path, body, headers).join();
    }

    CompletableFuture<Said> sendAsync(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(LONGEST)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (String header : headers) {
            request.header(header.split(": ", 2)[0], header.split(": ", 2)[1]);
        }
        return client.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(Said::new);
    }

    Said get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Said submit(String body, String... headers) {
        return send("POST", "/jobs", body, headers);
    }

    Said event(String jobId, String body, String... headers) {
        return send("POST", "/jobs/" + jobId + "/events", body, headers);
    }
}
