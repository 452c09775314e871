package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.http.Api.Said;
import dev.ringback.gateway.testkit.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code POST /jobs/{id}/retry}, and how a worker hears that its job was cancelled. */
class RetryTest {
    private static final String JOB = "{\"type\":\"t\",\"correlationId\":\"order-7\"}";
    private static final String FAILED =
            "{\"status\":\"failed\",\"error\":{\"code\":\"busy\",\"message\":\"try later\",\"retryable\":true}}";

    private static TestGateway gateway;
    private static Api api;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        api = new Api(gateway);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Said retry(String id) {
        return api.send("POST", "/jobs/" + id + "/retry", "");
    }

    @Test
    void failedJobIsTriedAgainOnceHoweverOftenItIsAskedFor() {
        String id = api.submit(JOB).jobId();
        api.event(id, FAILED);
        assertThat(api.get("/jobs/" + id).json().at("/links/retry").asText()).isEqualTo("/jobs/" + id + "/retry");

        Said first = retry(id);
        Said second = retry(id);

        assertThat(first.status()).isEqualTo(202);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.jobId()).isEqualTo(first.jobId()).isNotEqualTo(id);
        assertThat(first.json().path("originalJobId").asText()).isEqualTo(id);
        assertThat(first.json().path("type").asText()).isEqualTo("t");
        assertThat(first.json().path("status").asText()).isEqualTo("queued");
        assertThat(first.json().path("correlationId").asText()).isEqualTo("order-7");
        assertThat(first.header("Location")).isEqualTo("/jobs/" + first.jobId());
    }

    @Test
    void triedAgainAndFailedAgainIsTriedAgain() {
        String id = api.submit(JOB).jobId();
        api.event(id, FAILED);
        String second = retry(id).jobId();
        api.event(second, FAILED);

        Said third = retry(second);

        assertThat(third.status()).isEqualTo(202);
        assertThat(third.json().path("originalJobId").asText()).isEqualTo(second);
        assertThat(retry(id).jobId()).isEqualTo(second);
    }

    @Test
    void whatMayNotBeTriedAgainIsRefusedWithItsState() {
        String running = api.submit(JOB).jobId();
        assertRefused(running, "queued");
        api.event(running, "{\"status\":\"failed\",\"error\":{\"code\":\"bad\",\"retryable\":false}}");
        assertRefused(running, "failed");
        String plain = api.submit(JOB).jobId();
        api.event(plain, "{\"status\":\"failed\",\"error\":\"retryable\"}");
        assertRefused(plain, "failed");
        api.event("made-by-its-worker", FAILED);
        assertRefused("made-by-its-worker", "failed");
        assertThat(retry("nobody-knows").status()).isEqualTo(404);
    }

    private static void assertRefused(String id, String state) {
        Said refused = retry(id);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().path("type").asText()).endsWith("not-retryable");
        assertThat(refused.json().at("/job/status").asText()).isEqualTo(state);
        assertThat(api.get("/jobs/" + id).json().path("links").has("retry")).isEqualTo(id.startsWith("made-by"));
    }

    @Test
    void workerHearsOfACancelledJobInTheAnswerToItsNextEvent() {
        String id = api.submit(JOB).jobId();
        api.event(id, "{\"progress\":1}");
        assertThat(api.send("DELETE", "/jobs/" + id, "").status()).isEqualTo(200);
        assertThat(api.send("DELETE", "/jobs/" + id, "").status()).isEqualTo(200);

        Said late = api.event(id, "{\"progress\":2}");

        assertThat(late.status()).isEqualTo(409);
        assertThat(late.json().path("cancelled").asBoolean()).isTrue();
        assertThat(late.json().at("/job/status").asText()).isEqualTo("cancelled");
        String done = api.submit(JOB).jobId();
        api.event(done, "{\"status\":\"completed\"}");
        assertThat(api.event(done, "{\"progress\":2}").json().has("cancelled")).isFalse();
    }
}
