package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.http.Api.Said;
import dev.ringback.gateway.hub.Shard;
import dev.ringback.gateway.testkit.TestGateway;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A submission that is repeated makes no second job. */
class SubmitOnceTest {
    private static final String JOB = "{\"type\":\"t\",\"input\":[1]}";
    private static final String TOKENS = "auth.tokens=[{token: shop-client-token-1, owner: shop, role: client}, "
            + "{token: other-client-token-1, owner: other, role: client}]";
    private static final String SHOP = "Authorization: Bearer shop-client-token-1";
    private static final String OTHER = "Authorization: Bearer other-client-token-1";

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

    @Test
    void sameKeyAndBodyAnswerTheFirstJobQuotedOrNot() {
        Said first = api.submit(JOB, "Idempotency-Key: order 7");
        Said again = api.submit(JOB, "Idempotency-Key: \"order 7\"");

        assertThat(first.status()).isEqualTo(202);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.jobId()).isEqualTo(first.jobId()).hasSize(32);
        assertThat(again.header("Location")).isEqualTo("/jobs/" + first.jobId());
        assertThat(api.submit(JOB, "Idempotency-Key: order 8").jobId()).isNotEqualTo(first.jobId());
    }

    @Test
    void sameKeyWithOtherBytesIsRefused() {
        api.submit(JOB, "Idempotency-Key: differs");
        Said other = api.submit(JOB + " ", "Idempotency-Key: differs");

        assertThat(other.status()).isEqualTo(422);
        assertThat(other.json().path("type").asText()).endsWith("job-differs");
    }

    @Test
    void keyOfAJobThatHasExpiredIsGone() {
        try (TestGateway forgetful = TestGateway.start("jobs.result-ttl=10ms")) {
            Api there = new Api(forgetful);
            String id = there.submit(JOB, "Idempotency-Key: k").jobId();
            there.event(id, "{\"status\":\"completed\"}");
            org.awaitility.Awaitility.await()
                    .until(() -> there.get("/jobs/" + id).status() == 410);

            assertThat(there.submit(JOB, "Idempotency-Key: k").status()).isEqualTo(410);
        }
    }

    @Test
    void hundredAtOnceMakeOneJob() {
        List<CompletableFuture<Said>> all = IntStream.range(0, 100)
                .mapToObj(i -> api.sendAsync("POST", "/jobs", JOB, "Idempotency-Key: at-once"))
                .toList();
        List<Said> answers = all.stream().map(CompletableFuture::join).toList();
        Set<String> ids = answers.stream().map(Said::jobId).collect(Collectors.toSet());

        assertThat(ids).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 202)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(99);
    }

    @Test
    void sameKeyOfTwoOwnersIsTwoJobs() {
        try (TestGateway shared = TestGateway.start("auth.mode=tokens", TOKENS)) {
            Api there = new Api(shared);
            Said ours = there.submit(JOB, SHOP, "Idempotency-Key: k");
            Said theirs = there.submit(JOB, OTHER, "Idempotency-Key: k");

            assertThat(List.of(ours.status(), theirs.status())).containsOnly(202);
            assertThat(ours.jobId()).isNotEqualTo(theirs.jobId());
        }
    }

    @Test
    void repeatedSubmissionMayWaitForTheEndToo() {
        String id = api.submit(JOB, "Idempotency-Key: waits").jobId();
        CompletableFuture<Said> held = api.sendAsync("POST", "/jobs", JOB, "Idempotency-Key: waits", "Prefer: wait=15");
        org.awaitility.Awaitility.await()
                .until(() -> gateway.gateway().hub().sum(Shard::topics).join() > 0);
        api.event(id, "{\"status\":\"completed\",\"result\":1}");

        assertThat(held.join().status()).isEqualTo(200);
        assertThat(held.join().json().path("status").asText()).isEqualTo("completed");
        assertThat(api.submit(JOB, "Idempotency-Key: waits", "Prefer: wait=15").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "a\"b", "\"a\" \"b\""})
    void malformedKeyIsRefused(String key) {
        Said answer = api.submit(JOB, "Idempotency-Key: " + key);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("type").asText()).endsWith("idempotency-key-malformed");
    }

    @Test
    void twoKeysAreRefused() {
        assertThat(api.submit(JOB, "Idempotency-Key: a", "Idempotency-Key: b").status())
                .isEqualTo(400);
        assertThat(api.submit(JOB, "Idempotency-Key: " + "k".repeat(256)).status())
                .isEqualTo(400);
    }

    @Test
    void correlationIdOfTheHeaderCountsWhereTheBodyHasNone() {
        Said header = api.submit(JOB, "X-Correlation-Id: order-7");
        Said body = api.submit("{\"type\":\"t\",\"correlationId\":\"mine\"}", "X-Correlation-Id: order-7");

        assertThat(header.json().path("correlationId").asText()).isEqualTo("order-7");
        assertThat(header.header("X-Correlation-Id")).isEqualTo("order-7");
        assertThat(body.json().path("correlationId").asText()).isEqualTo("mine");
    }
}
