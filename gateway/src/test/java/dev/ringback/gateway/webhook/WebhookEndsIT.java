package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.WebhookCaller.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import dev.ringback.protocol.ApplyScript;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** However a job ends, its webhook is told, once, with the identity that streams have too. */
class WebhookEndsIT {
    private final Receiver receiver = Receiver.start();
    private TestGateway gateway;
    private WebhookCaller caller;

    private void start(String... settings) {
        gateway = TestGateway.start(WebhookCaller.local(settings));
        caller = new WebhookCaller(gateway);
    }

    @AfterEach
    void close() {
        if (gateway != null) {
            gateway.close();
        }
        receiver.close();
    }

    private void submit(String jobId) {
        caller.submit(jobId, receiver.url("/" + jobId));
    }

    /** What was told of a job, once it was; nothing else is told of it. */
    private String told(String jobId) {
        eventually(() -> assertThat(of(jobId)).hasSize(1));
        JsonNode delivery = caller.await(jobId, "delivered");
        Receiver.Request request = of(jobId).get(0);
        WebhookCaller.assertSigned(request, WebhookCaller.SECRET);
        assertThat(request.header("webhook-id"))
                .isEqualTo(delivery.path("webhookId").asText());
        return request.text();
    }

    private List<Receiver.Request> of(String jobId) {
        return receiver.requests().stream()
                .filter(request -> request.target().equals("/" + jobId))
                .toList();
    }

    @Test
    void endsOverHttpAreTold() {
        start();
        submit("completed");
        caller.end("completed");
        assertThat(told("completed")).contains("\"type\":\"job.completed\"", "\"result\":{\"rows\":7}");

        submit("failed");
        caller.event("failed", "{\"status\":\"failed\",\"error\":{\"code\":\"bad\",\"message\":\"no\"}}")
                .is(200);
        assertThat(told("failed")).contains("\"type\":\"job.failed\"", "\"code\":\"bad\"");

        submit("cancelled");
        caller.send("DELETE", "/jobs/cancelled", "").is(200);
        assertThat(told("cancelled")).contains("\"type\":\"job.cancelled\"");

        submit("uploaded");
        caller.send("PUT", "/jobs/uploaded/result", "{\"large\":true}").is(200);
        assertThat(told("uploaded")).contains("\"type\":\"job.completed\"");
    }

    @Test
    void identityIsThatOfTheStreamsEvent() {
        start();
        submit("same");
        caller.end("same");
        told("same");
        JsonNode job = caller.send("GET", "/jobs/same", "").json();
        assertThat(of("same").get(0).header("webhook-id"))
                .isEqualTo("same/" + job.path("incarnation").asText() + "-"
                        + job.path("version").asText());
    }

    @Test
    void repeatedEndIsToldOnce() {
        start();
        submit("twice");
        caller.end("twice");
        caller.end("twice");
        told("twice");
        assertThat(caller.deliveries("")).hasSize(1);
    }

    @Test
    void jobThatIsTooOldIsToldAsFailed() {
        start("jobs.max-age=1s");
        submit("old");
        assertThat(told("old")).contains("\"type\":\"job.failed\"", "expired");
    }

    @Test
    void jobThatEndedBeforeItWasSubmittedIsTold() {
        start();
        caller.end("early");
        submit("early");
        assertThat(told("early")).contains("\"type\":\"job.completed\"");
    }

    @Test
    void retryHasTheSameWebhook() {
        start();
        submit("first");
        caller.event("first", "{\"status\":\"failed\",\"error\":{\"code\":\"x\",\"message\":\"m\",\"retryable\":true}}")
                .is(200);
        told("first");
        String second = caller.send("POST", "/jobs/first/retry", "")
                .is(202)
                .json()
                .path("jobId")
                .asText();
        caller.end(second);
        eventually(() -> assertThat(of("first")).hasSize(2));
        WebhookCaller.assertSigned(of("first").get(1), WebhookCaller.SECRET);
        assertThat(of("first").get(1).text()).contains(second, "\"type\":\"job.completed\"");
    }

    @Test
    void progressIsThrottledSentOnceAndFollowedByTheEnd() {
        start("webhook.progress-interval=1h");
        receiver.otherwise(Receiver.status(500));
        String webhook = "{\"url\":\"" + receiver.url("/p") + "\",\"events\":[\"progress\",\"completed\"]}";
        caller.submitWith("p", webhook);
        for (int i = 1; i <= 5; i++) {
            caller.event("p", "{\"progress\":{\"current\":" + i + "}}").is(200);
        }
        eventually(() -> assertThat(receiver.requests()).hasSize(1));
        assertThat(receiver.requests().get(0).text()).contains("\"type\":\"job.progress\"", "\"current\":1");
        eventually(() -> assertThat(caller.deliveries("")).isEmpty());
        receiver.otherwise(Receiver.status(204));
        caller.end("p");
        eventually(() -> assertThat(receiver.requests()).hasSize(2));
        assertThat(receiver.requests().get(1).text()).contains("\"type\":\"job.completed\"");
    }

    @Test
    void withoutAnIntervalAllProgressIsTold() {
        start("webhook.progress-interval=0s");
        caller.submitWith("p", "{\"url\":\"" + receiver.url("/p") + "\",\"events\":[\"progress\"]}");
        for (int i = 1; i <= 3; i++) {
            caller.event("p", "{\"progress\":{\"current\":" + i + "}}").is(200);
            int told = i;
            eventually(() -> assertThat(receiver.requests()).hasSize(told));
        }
    }

    @Test
    void endsOverRedisAreTold() {
        try (RedisProcess redis = RedisProcess.start()) {
            start("store.kind=redis", "redis.uri=" + redis.uri());
            submit("http");
            caller.end("http");
            assertThat(told("http")).contains("\"type\":\"job.completed\"");

            submit("scripted");
            String source = new String(ApplyScript.source(), UTF_8);
            redis.cli(
                    "EVAL",
                    source,
                    "3",
                    "job:scripted",
                    "{job:scripted}:log",
                    "{job:scripted}:result",
                    "apply",
                    "status",
                    "completed",
                    "result",
                    "{\"by\":\"script\"}");
            assertThat(told("scripted")).contains("\"type\":\"job.completed\"", "\"by\":\"script\"");

            submit("cancelled");
            caller.send("DELETE", "/jobs/cancelled", "").is(200);
            assertThat(told("cancelled")).contains("\"type\":\"job.cancelled\"");

            caller.end("early");
            submit("early");
            assertThat(told("early")).contains("\"type\":\"job.completed\"");

            submit("plain");
            var waiting = caller.client()
                    .sendAsync(
                            HttpRequest.newBuilder(gateway.http("/jobs/plain/result?wait=20"))
                                    .build(),
                            BodyHandlers.ofString());
            eventually(() -> {
                redis.cli("PUBLISH", "job:plain", "{\"status\":\"complete\",\"result\":{\"by\":\"publish\"}}");
                assertThat(waiting).isDone();
            });
            assertThat(told("plain")).contains("\"type\":\"job.completed\"", "\"by\":\"publish\"");
        }
    }
}
