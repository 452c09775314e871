package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.http.Api.Said;
import dev.ringback.gateway.testkit.TestGateway;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/**
 * One gateway with queues, asked over real sockets. The jobs of each test are of a type of its own, which has the test's name. A kind of
 * stores is tested by a subclass of each contract: {@code store} gives its settings.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class QueueApiFixture {
    TestGateway gateway;
    Api api;
    /** Of the jobs of this test. */
    String type;

    /** The settings of the store, which may have other tests' jobs. */
    abstract List<String> store();

    /** Further settings of the gateway. */
    List<String> settings() {
        return List.of("queues.retry-delay=0s");
    }

    @BeforeAll
    void start() {
        gateway = startWith(settings().toArray(String[]::new));
        api = new Api(gateway);
    }

    /** Another gateway on the same store. */
    TestGateway startWith(String... settings) {
        return TestGateway.start(
                Stream.concat(store().stream(), Stream.of(settings)).toArray(String[]::new));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @BeforeEach
    void nameTheType(TestInfo test) {
        type = test.getTestMethod().orElseThrow().getName();
    }

    /** What a worker was given. */
    record Lease(JsonNode json) {
        String leaseId() {
            return json.path("leaseId").textValue();
        }

        String jobId() {
            return json.at("/job/jobId").textValue();
        }

        int attempt() {
            return json.at("/job/attempt").intValue();
        }

        Instant deadline() {
            return Instant.parse(json.path("deadline").textValue());
        }
    }

    /** Submits a job; {@code members} as {@code "input":1,"priority":2}. */
    String submit(String members, String... headers) {
        Said said = trySubmit(members, headers);
        assertThat(said.status()).as(said.body()).isEqualTo(202);
        return said.jobId();
    }

    Said trySubmit(String members, String... headers) {
        return api.submit("{\"type\":\"" + type + "\"" + (members.isEmpty() ? "" : "," + members) + "}", headers);
    }

    List<String> submitMany(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(submit("\"input\":" + i));
        }
        return ids;
    }

    /** Asks for work. */
    Said ask(String query, String... headers) {
        return askLater(query, headers).join();
    }

    CompletableFuture<Said> askLater(String query, String... headers) {
        return api.sendAsync("POST", leasePath() + "?" + query, "", headers);
    }

    String leasePath() {
        return "/queues/" + type + "/lease";
    }

    /** A lease of a job that is there, or comes soon. */
    Lease lease(String query) {
        return leased(ask("wait=10&" + query));
    }

    Lease lease() {
        return lease("worker=w");
    }

    static Lease leased(Said said) {
        assertThat(said.status()).as(said.body()).isEqualTo(200);
        return new Lease(said.json());
    }

    void assertNothingToDo() {
        Said said = ask("wait=0");
        assertThat(said.status()).as(said.body()).isEqualTo(204);
        assertThat(said.body()).isEmpty();
    }

    /** What a worker says by its lease; {@code members} as in {@code submit}. */
    Said report(Lease lease, String members, String... headers) {
        return report(lease.jobId(), lease.leaseId(), members, headers);
    }

    Said report(String jobId, String leaseId, String members, String... headers) {
        return api.event(
                jobId, "{\"leaseId\":\"" + leaseId + "\"" + (members.isEmpty() ? "" : "," + members) + "}", headers);
    }

    Said complete(Lease lease) {
        return assertStatus(report(lease, "\"status\":\"completed\",\"result\":{\"ok\":true}"), 200);
    }

    /** Fails for good. */
    Said failForGood(Lease lease) {
        String error = "{\"code\":\"broken\",\"message\":\"no use\",\"retryable\":false}";
        return assertStatus(report(lease, "\"status\":\"failed\",\"error\":" + error), 200);
    }

    /** A job that is a dead letter now. */
    String dead() {
        String id = submit("\"input\":{\"page\":1}");
        Lease lease = lease();
        assertThat(lease.jobId()).isEqualTo(id);
        failForGood(lease);
        return id;
    }

    JsonNode job(String id) {
        return assertStatus(api.get("/jobs/" + id), 200).json();
    }

    void awaitState(String id, String state) {
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> job(id).path("status").textValue().equals(state));
    }

    JsonNode figures() {
        return assertStatus(api.get("/queues/" + type), 200).json();
    }

    /** Waits until so many requests for work wait on the gateway. */
    static void awaitWaiting(TestGateway gateway, int count) {
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> Metrics.of(gateway, "ringback_queue_requests_waiting") == count);
    }

    static Said assertStatus(Said said, int status) {
        assertThat(said.status()).as(said.body()).isEqualTo(status);
        return said;
    }

    static Said assertProblem(Said said, int status, String code) {
        assertThat(said.header("Content-Type")).as(said.body()).isEqualTo("application/problem+json");
        assertThat(said.json().path("type").textValue()).isEqualTo("urn:ringback:problem:" + code);
        return assertStatus(said, status);
    }
}
