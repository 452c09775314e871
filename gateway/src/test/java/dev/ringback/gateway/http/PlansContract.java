package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.http.Api.Said;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When a job may begin: what its submission says, and what the limits of its type say. */
abstract class PlansContract extends QueueApiFixture {
    private static final int DEPTH = 30;

    @Override
    List<String> settings() {
        return List.of(
                "queues.retry-delay=0s",
                "queues.depth=" + DEPTH,
                "queues.types=[jobsAreLeasedWithinTheConcurrencyOfTheirType concurrency=2]");
    }

    private static String after(String... ids) {
        return "\"after\":[\"" + String.join("\",\"", ids) + "\"]";
    }

    // ── other jobs ─────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void jobBeginsWhenAllThatItWaitsForHaveCompleted() {
        submitMany(2);
        Lease a = lease();
        Lease b = lease();
        String c = submit(after(a.jobId(), b.jobId()));
        assertNothingToDo();
        complete(a);
        assertNothingToDo();
        assertThat(job(c).path("status").textValue()).isEqualTo("queued");

        CompletableFuture<Said> worker = askLater("wait=20");
        complete(b);
        assertThat(leased(worker.join()).jobId()).isEqualTo(c);
        assertThat(treeOf(b.jobId()))
                .containsExactlyInAnyOrder(
                        a.jobId() + " completed []",
                        b.jobId() + " completed []",
                        c + " processing [" + a.jobId() + ", " + b.jobId() + "]");
    }

    private List<String> treeOf(String id) {
        JsonNode tree = assertStatus(api.get("/jobs/" + id + "/tree"), 200).json();
        assertThat(tree.path("jobId").textValue()).isEqualTo(id);
        assertThat(tree.has("truncated")).isFalse();
        List<String> nodes = new ArrayList<>();
        tree.path("jobs").forEach(node -> {
            List<String> after = new ArrayList<>();
            node.path("after").forEach(before -> after.add(before.textValue()));
            nodes.add(node.path("jobId").textValue() + " " + node.path("status").textValue() + " " + after);
        });
        return nodes;
    }

    @Test
    void jobThatWaitsForThoseThatHaveCompletedBeginsAtOnce() {
        submit("");
        Lease done = lease();
        complete(done);
        String next = submit(after(done.jobId()));
        assertThat(lease().jobId()).isEqualTo(next);
    }

    @Test
    void failureGoesDownstreamAsEachJobSaid() {
        String upstream = submit("");
        String fails = submit(after(upstream));
        String isCancelled = submit(after(upstream) + ",\"afterFailure\":\"cancel\"");
        String further = submit(after(fails) + ",\"afterFailure\":\"fail\"");
        failForGood(lease());

        awaitState(fails, "failed");
        awaitState(isCancelled, "cancelled");
        awaitState(further, "failed");
        assertThat(job(fails).at("/error/code").textValue()).isEqualTo("upstream-failed");
        assertThat(job(fails).at("/error/message").textValue()).contains(upstream);
        assertNothingToDo();
    }

    @Test
    void cancelOfAJobGoesDownstreamToo() {
        String upstream = submit("");
        String fails = submit(after(upstream));
        assertStatus(api.send("DELETE", "/jobs/" + upstream, ""), 200);
        awaitState(fails, "failed");
        assertThat(job(fails).at("/error/code").textValue()).isEqualTo("upstream-cancelled");
    }

    @Test
    void jobThatIsCancelledWhileItWaitsForAnotherNeverBegins() {
        String upstream = submit("");
        String waits = submit(after(upstream));
        assertStatus(api.send("DELETE", "/jobs/" + waits, ""), 200);
        complete(lease());
        assertNothingToDo();
        assertThat(job(waits).path("status").textValue()).isEqualTo("cancelled");
    }

    @Test
    void jobsThatNobodyKnowsAndCirclesCantBeWaitedFor() {
        String known = submit("");
        Said unknown = assertProblem(trySubmit(after(known, "nobody-knows")), 422, "after-refused");
        assertThat(unknown.json().path("detail").textValue()).contains("nobody-knows");
        assertProblem(put("itself", after("itself")), 422, "after-refused");
        assertProblem(api.get("/jobs/itself"), 404, "job-unknown");

        api.event("made-by-its-worker", "{\"progress\":1}");
        assertStatus(put("follows", after("made-by-its-worker")), 202);
        assertProblem(put("made-by-its-worker", after("follows")), 422, "after-refused");
    }

    private Said put(String id, String members) {
        return api.send("PUT", "/jobs/" + id, "{\"type\":\"" + type + "\"," + members + "}");
    }

    @Test
    void treeOfAJobThatIsNotThereIsNotFound() {
        assertProblem(api.get("/jobs/nobody-knows/tree"), 404, "job-unknown");
        String alone = submit("");
        assertThat(treeOf(alone)).containsExactly(alone + " queued []");
    }

    // ── time and order ─────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void jobIsGivenToNobodyBeforeItsTime() {
        Instant due = Instant.now().plusSeconds(3);
        String later = submit("\"runAt\":\"" + due + "\"");
        assertNothingToDo();
        assertThat(figures().path("delayed").intValue()).isEqualTo(1);
        String now = submit("\"runAt\":\"2020-01-01T00:00:00+01:00\"");
        assertThat(lease().jobId()).as("one whose time is long over").isEqualTo(now);

        assertThat(lease().jobId()).isEqualTo(later);
        assertThat(Instant.now()).isAfter(due.minusMillis(100));
    }

    @Test
    void higherPriorityGoesFirstAndEqualOnesAsTheyCame() {
        List<String> ids = new ArrayList<>();
        for (int priority : List.of(0, 5, -3, 5, 0)) {
            ids.add(submit("\"priority\":" + priority));
        }
        List<String> leased = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            leased.add(lease().jobId());
        }
        assertThat(leased).containsExactly(ids.get(1), ids.get(3), ids.get(0), ids.get(4), ids.get(2));
    }

    // ── limits ─────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void fullQueueTakesNoMoreUntilThereIsRoom() {
        List<String> ids = submitMany(DEPTH);
        Said full = assertProblem(trySubmit(""), 429, "queue-full");
        assertThat(full.header("Retry-After")).matches("[1-9][0-9]*");
        assertProblem(put("one-too-many", "\"priority\":9"), 429, "queue-full");
        assertProblem(api.get("/jobs/one-too-many"), 404, "job-unknown");
        assertStatus(api.submit("{\"type\":\"another\"}"), 202);

        assertThat(lease().jobId()).isEqualTo(ids.get(0));
        submit("");
        assertProblem(trySubmit(""), 429, "queue-full");
    }

    @Test
    void submissionThatComesAgainIsAnsweredThoughTheQueueIsFull() {
        assertStatus(put("known-before", "\"input\":1"), 202);
        submitMany(DEPTH - 1);
        assertStatus(put("known-before", "\"input\":1"), 200);
        assertProblem(put("known-before", "\"input\":2"), 422, "job-differs");
    }

    @Test
    void jobsAreLeasedWithinTheConcurrencyOfTheirType() {
        submitMany(4);
        JsonNode leases = assertStatus(ask("max=4"), 200).json().path("leases");
        assertThat(leases).hasSize(2);
        assertNothingToDo();
        CompletableFuture<Said> worker = askLater("wait=20");
        complete(new Lease(leases.get(0)));
        Lease third = leased(worker.join());
        assertNothingToDo();
        assertStatus(report(third, "\"status\":\"queued\",\"delay\":60"), 200);
        assertThat(lease().jobId()).isNotEqualTo(third.jobId());
    }

    // ── figures ────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void figuresSayHowTheQueueFares() {
        assertProblem(api.get("/queues/" + type), 404, "queue-unknown");
        submitMany(6);
        submit("\"runAt\":\"" + Instant.now().plusSeconds(600) + "\"");
        complete(lease("worker=w1"));
        failForGood(lease("worker=w2"));
        assertStatus(report(lease("worker=w2"), "\"status\":\"queued\",\"delay\":600"), 200);
        assertStatus(report(lease("worker=w2"), "\"status\":\"failed\",\"error\":\"busy\""), 200);
        lease("worker=w1");

        await().until(() -> figures().toString().contains("\"waiting\":2,\"delayed\":2,\"leased\":1,\"dead\":1,"));
        JsonNode figures = figures();
        assertThat(figures.path("type").textValue()).isEqualTo(type);
        assertThat(figures.path("workers").intValue()).isEqualTo(2);
        assertThat(figures.path("jobsPerWorker").doubleValue()).isEqualTo(1.5);
        assertThat(figures.path("oldestAgeSeconds").doubleValue()).isBetween(0.0, 60.0);
        assertThat(figures.path("counts"))
                .hasToString("{\"added\":7,\"completed\":1,\"failed\":0,\"cancelled\":0,\"dead\":1,\"retried\":1,"
                        + "\"released\":1,\"lost\":0}");
        JsonNode all = assertStatus(api.get("/queues"), 200).json();
        assertThat(all.path("blocked").isIntegralNumber()).isTrue();
        assertThat(all.path("queues").findValuesAsText("type")).contains(type).doesNotHaveDuplicates();
    }
}
