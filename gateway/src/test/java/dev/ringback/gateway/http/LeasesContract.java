package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a worker gets jobs, keeps them, and is rid of them. */
abstract class LeasesContract extends QueueApiFixture {
    /** A lease that no test waits for the end of. */
    private static final int LONG_SECONDS = 300;

    // ── getting jobs ───────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void jobThatWaitsIsLeasedAtOnceWithItsInputAsItCame() {
        String input = "{\"list\":[],\"number\":12345678901234567890,\"text\":\"\\u00e4\\/\"}";
        String id = submit("\"input\":" + input);
        Instant before = Instant.now();
        Said said = ask("worker=w1&lease=" + LONG_SECONDS);

        Lease lease = leased(said);
        assertThat(lease.jobId()).isEqualTo(id);
        assertThat(said.body()).as("the input as it came, and last").endsWith(",\"input\":" + input + "}");
        assertThat(lease.json().at("/job/status").textValue()).isEqualTo("processing");
        assertThat(lease.attempt()).isEqualTo(1);
        assertThat(lease.json().path("maxAttempts").intValue()).isEqualTo(3);
        assertThat(lease.json().path("leaseSeconds").doubleValue()).isEqualTo(LONG_SECONDS);
        assertThat(lease.deadline())
                .isBetween(before.plusSeconds(LONG_SECONDS - 1), Instant.now().plusSeconds(LONG_SECONDS + 1));
        assertThat(job(id).path("startedAt").isTextual()).isTrue();
        assertNothingToDo();
    }

    @Test
    void withoutAWordOnItTheLeaseIsAsLongAsConfiguredAndThereIsNoInputWhereNoneCame() {
        submit("");
        JsonNode lease = lease().json();
        assertThat(lease.path("leaseSeconds").doubleValue()).isEqualTo(30);
        assertThat(lease.has("input")).isFalse();
    }

    /** A wake-up that is late by a look again would be late each time. */
    @Test
    void workerThatWaitsHasEachJobAsSoonAsItIsSubmitted() {
        long begin = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Said> waiting = askLater("wait=20");
            awaitWaiting(gateway, 1);
            String id = submit("\"input\":" + i);
            assertThat(leased(waiting.join()).jobId()).isEqualTo(id);
        }
        // A look again comes a second later at the earliest: twenty of them take twenty.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    void severalWorkersThatWaitHaveAJobEach() {
        List<CompletableFuture<Said>> workers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            workers.add(askLater("wait=20&worker=w" + i));
        }
        awaitWaiting(gateway, 10);
        List<String> ids = submitMany(10);
        assertThat(workers.stream().map(worker -> leased(worker.join()).jobId()))
                .containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void severalJobsComeInOneAnswerInTheirOrder() {
        List<String> ids = submitMany(5);
        List<String> leased = new ArrayList<>();
        for (int count : List.of(3, 2)) {
            JsonNode leases = assertStatus(ask("max=3"), 200).json().path("leases");
            assertThat(leases).hasSize(count);
            leases.forEach(lease -> leased.add(lease.at("/job/jobId").textValue()));
        }
        assertThat(leased).isEqualTo(ids);
        assertStatus(ask("max=3"), 204);
        CompletableFuture<Said> waiting = askLater("max=3&wait=10");
        awaitWaiting(gateway, 1);
        submit("");
        assertThat(waiting.join().json().path("leases")).hasSize(1);
    }

    @Test
    void workerHearsThatThereWasNothingWhenItsTimeIsUp() {
        long begin = System.nanoTime();
        Said said = ask("wait=1");
        assertThat(said.status()).isEqualTo(204);
        assertThat(said.body()).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
    }

    // ── keeping one ────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void heartbeatLetsTheLeaseGoOnAndChangesNothing() {
        submit("");
        Lease lease = lease("lease=" + LONG_SECONDS);
        long version = lease.json().at("/job/version").longValue();
        await().until(() -> {
            JsonNode heartbeat = assertStatus(report(lease, ""), 200).json();
            assertThat(heartbeat.path("status").textValue()).isEqualTo("processing");
            return Instant.parse(heartbeat.path("deadline").textValue()).isAfter(lease.deadline());
        });
        assertThat(job(lease.jobId()).path("version").longValue()).isEqualTo(version);
    }

    @Test
    void progressLetsTheLeaseGoOnAndIsSeenByWhoeverFollowsTheJob() {
        String id = submit("");
        Lease lease = lease("lease=" + LONG_SECONDS);
        String tag = api.get("/jobs/" + id).header("ETag");
        CompletableFuture<Said> client = api.sendAsync("GET", "/jobs/" + id + "?wait=10", "", "If-None-Match: " + tag);
        JsonNode progress = assertStatus(report(lease, "\"progress\":{\"current\":1,\"total\":3}"), 200)
                .json();

        assertThat(progress.path("status").textValue()).isEqualTo("processing");
        assertThat(progress.path("version").longValue()).isEqualTo(3);
        assertThat(Instant.parse(progress.path("deadline").textValue())).isAfterOrEqualTo(lease.deadline());
        assertThat(client.join().json().at("/progress/current").intValue()).isEqualTo(1);
    }

    @Test
    void leaseThatIsKeptUpOutlivesItsFirstDeadline() {
        submit("");
        Lease lease = lease("lease=3");
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            assertStatus(report(lease, ""), 200);
            return Instant.now().isAfter(lease.deadline().plusMillis(700));
        });
        complete(lease);
        assertThat(job(lease.jobId()).path("attempt").intValue()).isEqualTo(1);
    }

    // ── ending it ──────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void whoWaitsForTheResultHasItWhenTheWorkerCompletesTheJob() {
        String id = submit("");
        CompletableFuture<Said> client = api.sendAsync("GET", "/jobs/" + id + "/result?wait=20", "");
        Lease lease = lease();
        JsonNode said = complete(lease).json();

        assertThat(said.path("status").textValue()).isEqualTo("completed");
        assertThat(said.path("version").longValue()).isEqualTo(3);
        assertThat(said.has("deadline")).isFalse();
        assertThat(client.join().body()).isEqualTo("{\"ok\":true}");
        assertThat(complete(lease).json().path("duplicate").booleanValue()).isTrue();
        Said other = assertProblem(report(lease, "\"status\":\"failed\""), 409, "transition-refused");
        assertThat(other.json().at("/job/status").textValue()).isEqualTo("completed");
        assertProblem(report(lease, ""), 409, "lease-stale");
    }

    @Test
    void workerHearsOfTheClientsCancelAndEndsNothing() {
        String id = submit("");
        Lease lease = lease();
        assertStatus(api.send("DELETE", "/jobs/" + id, ""), 200);

        for (String members : List.of("", "\"progress\":1")) {
            JsonNode said = assertStatus(report(lease, members), 200).json();
            assertThat(said.path("cancelled").booleanValue()).as(members).isTrue();
            assertThat(said.path("status").textValue()).isEqualTo("cancelled");
        }
        for (String end : List.of("completed", "failed", "queued")) {
            Said refused = assertProblem(report(lease, "\"status\":\"" + end + "\""), 409, "transition-refused");
            assertThat(refused.json().path("cancelled").booleanValue()).isTrue();
            assertThat(refused.json().at("/job/status").textValue()).isEqualTo("cancelled");
        }
        assertThat(job(id).path("status").textValue()).isEqualTo("cancelled");
        assertNothingToDo();
    }

    @Test
    void uploadByTheLeaseCompletesTheJobAndByAnotherDoesNot() {
        String id = submit("");
        Lease first = lease();
        assertStatus(report(first, "\"status\":\"queued\""), 200);
        Lease second = lease();
        assertProblem(upload(first), 409, "lease-stale");
        assertThat(job(id).path("status").textValue()).isEqualTo("processing");
        assertStatus(upload(second), 200);
        assertThat(api.get("/jobs/" + id + "/result").body()).isEqualTo("the bytes");
        assertThat(upload(second).json().path("duplicate").booleanValue()).isTrue();
        await().until(() -> figures().path("leased").intValue() == 0);
    }

    private Said upload(Lease lease) {
        return api.send("PUT", "/jobs/" + lease.jobId() + "/result?leaseId=" + lease.leaseId(), "the bytes");
    }

    @Test
    void jobThatIsCancelledBeforeAnyWorkerHasItIsGivenToNobody() {
        String id = submit("");
        String next = submit("");
        assertStatus(api.send("DELETE", "/jobs/" + id, ""), 200);
        assertThat(lease().jobId()).isEqualTo(next);
    }

    // ── losing it ──────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void leaseOfAnotherTimeIsWorthNothing() {
        String id = submit("");
        Lease first = lease();
        assertStatus(report(first, "\"status\":\"queued\""), 200);
        Lease second = lease();
        String foreign = first.leaseId().replaceFirst("^.", "_");
        for (String stale : List.of(first.leaseId(), foreign)) {
            for (String members : List.of("", "\"progress\":1", "\"status\":\"completed\"", "\"status\":\"queued\"")) {
                assertProblem(report(id, stale, members), 409, "lease-stale");
            }
        }
        Said late = report(id, first.leaseId(), "\"status\":\"completed\"");
        assertThat(late.json().at("/job/status").textValue()).isEqualTo("processing");
        assertThat(second.attempt()).isEqualTo(2);
        complete(second);
        assertProblem(report(id, first.leaseId(), "\"status\":\"completed\""), 409, "lease-stale");
    }

    @Test
    void whenNothingIsHeardOfAWorkerAnotherHasItsJob() {
        String id = submit("");
        Lease first = lease("lease=1&worker=silent");
        awaitState(id, "queued");
        assertThat(job(id).at("/error/code").textValue()).isEqualTo("lease-expired");
        assertProblem(report(first, ""), 409, "lease-stale");

        Lease second = lease("worker=next");
        assertThat(second.jobId()).isEqualTo(id);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.leaseId()).isNotEqualTo(first.leaseId());
        assertProblem(report(first, "\"status\":\"completed\""), 409, "lease-stale");
        complete(second);
        assertThat(job(id).path("status").textValue()).isEqualTo("completed");
        assertThat(figures().at("/counts/lost").longValue()).isEqualTo(1);
    }

    @Test
    void jobThatIsGivenBackIsAnothersWhenTheDelayIsOver() {
        String id = submit("\"maxAttempts\":1");
        Lease first = lease();
        Instant before = Instant.now();
        JsonNode said = assertStatus(report(first, "\"status\":\"queued\",\"delay\":3"), 200)
                .json();
        assertThat(said.path("status").textValue()).isEqualTo("queued");
        assertThat(said.path("attempt").intValue()).isEqualTo(2);
        Instant due = Instant.parse(said.path("runAt").textValue());
        assertThat(due).isBetween(before.plusMillis(2_900), Instant.now().plusMillis(3_100));
        assertNothingToDo();

        Lease second = lease();
        assertThat(Instant.now()).isAfter(due.minusMillis(100));
        assertThat(second.jobId()).isEqualTo(id);
        assertThat(second.attempt()).isEqualTo(2);
        assertStatus(report(second, "\"status\":\"queued\""), 200);
        assertThat(lease().attempt()).as("giving back uses up no attempt").isEqualTo(3);
    }

    // ── those who go ───────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void workerThatHangsUpLeavesTheLine() {
        try (RawConnection gone = new RawConnection(gateway)) {
            gone.send(request("POST", leasePath() + "?wait=30"));
            awaitWaiting(gateway, 1);
        }
        awaitWaiting(gateway, 0);
        submit("");
        assertThat(lease().attempt()).isEqualTo(1);
    }

    @Test
    void workersThatWaitAreAnsweredWhenTheGatewayGoes() throws Exception {
        try (TestGateway going = startWith("drain.window=0s", "drain.deadline=30s");
                RawConnection worker = new RawConnection(going)) {
            worker.send(request("POST", leasePath() + "?wait=50"));
            awaitWaiting(going, 1);
            CompletableFuture<Void> drain = going.gateway().drain();
            Answer answer = worker.answer();
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.closes()).isTrue();
            worker.close();
            drain.get(10, TimeUnit.SECONDS);
        }
    }
}
