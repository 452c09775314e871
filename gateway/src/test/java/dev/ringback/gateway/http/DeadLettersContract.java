package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.http.Api.Said;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a job that fails is tried again, and what becomes of one that fails for good. */
abstract class DeadLettersContract extends QueueApiFixture {
    private static final String BUSY =
            "\"status\":\"failed\",\"error\":{\"code\":\"busy\",\"message\":\"try later\",\"retryable\":true}";

    private String path(String rest) {
        return "/queues/" + type + "/dead" + rest;
    }

    /** The ids of those that are listed, once there are so many. */
    private List<String> listed(int count) {
        await().until(() -> idsOn(api.get(path("?limit=100"))).size() == count);
        return idsOn(api.get(path("?limit=100")));
    }

    private static List<String> idsOn(Said page) {
        List<String> ids = new ArrayList<>();
        assertStatus(page, 200)
                .json()
                .path("dead")
                .forEach(letter -> ids.add(letter.at("/job/jobId").textValue()));
        return ids;
    }

    private List<String> deadOnes(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(dead());
        }
        assertThat(listed(count)).containsExactlyInAnyOrderElementsOf(ids);
        return ids;
    }

    // ── trying again ───────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void failedJobIsTriedAgainWithItsErrorInItsDocument() {
        String id = submit("\"input\":1");
        Instant before = Instant.now();
        JsonNode said = assertStatus(report(lease(), BUSY), 200).json();

        assertThat(said.path("status").textValue()).isEqualTo("queued");
        assertThat(said.path("version").longValue()).isEqualTo(3);
        assertThat(said.path("attempt").intValue()).isEqualTo(2);
        assertThat(Instant.parse(said.path("runAt").textValue()))
                .isBetween(before.minusMillis(100), Instant.now().plusMillis(100));
        JsonNode job = job(id);
        assertThat(job.path("status").textValue()).isEqualTo("queued");
        assertThat(job.path("attempt").intValue()).isEqualTo(2);
        assertThat(job.at("/error/code").textValue()).isEqualTo("busy");
        Lease second = lease();
        assertThat(second.jobId()).isEqualTo(id);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.json().path("input").intValue()).isEqualTo(1);
        complete(second);
        assertThat(job(id).has("error")).isFalse();
    }

    @Test
    void jobThatHasFailedAsOftenAsItMayIsADeadLetter() {
        String id = submit("\"maxAttempts\":2");
        assertThat(assertStatus(report(lease(), BUSY), 200)
                        .json()
                        .path("status")
                        .textValue())
                .isEqualTo("queued");
        Said last = assertStatus(report(lease(), BUSY), 200);

        assertThat(last.json().path("status").textValue()).isEqualTo("failed");
        assertThat(last.json().has("runAt")).isFalse();
        assertThat(job(id).path("status").textValue()).isEqualTo("failed");
        assertThat(listed(1)).containsExactly(id);
        assertNothingToDo();
    }

    @Test
    void jobWhoseWorkersAreNotHeardOfIsADeadLetterInTheEnd() {
        String id = submit("\"maxAttempts\":1");
        lease("lease=1");
        awaitState(id, "failed");
        assertThat(job(id).at("/error/code").textValue()).isEqualTo("lease-expired");
        assertThat(listed(1)).containsExactly(id);
    }

    // ── looking ────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void permanentFailureIsShownWithItsInputAndTheTimeOfItsEnd() {
        String id = submit("\"input\":{\"list\":[]},\"maxAttempts\":1000");
        Instant before = Instant.now();
        assertThat(failForGood(lease()).json().path("status").textValue()).isEqualTo("failed");

        assertThat(listed(1)).containsExactly(id);
        JsonNode listed = api.get(path("")).json().at("/dead/0");
        assertThat(Instant.parse(listed.path("diedAt").textValue()))
                .isBetween(before.minusMillis(100), Instant.now().plusMillis(100));
        Said shown = assertStatus(api.get(path("/" + id)), 200);
        assertThat(shown.json().at("/job/error/code").textValue()).isEqualTo("broken");
        assertThat(shown.json().path("diedAt")).isEqualTo(shown.json().at("/job/completedAt"));
        assertThat(shown.body()).endsWith(",\"input\":{\"list\":[]}}");
    }

    @Test
    void pagesOfDeadLettersJoinAndTheLatestComesFirst() {
        List<String> died = deadOnes(5);
        List<String> seen = new ArrayList<>();
        String next = path("?limit=2");
        for (int pages = 0; next != null && pages < 9; pages++) {
            Said page = api.get(next);
            seen.addAll(idsOn(page));
            next = page.json().path("next").textValue();
            assertThat(page.header("Link")).isEqualTo(next == null ? "" : "<" + next + ">; rel=\"next\"");
        }
        assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(died);
        List<Instant> times = new ArrayList<>();
        api.get(path(""))
                .json()
                .path("dead")
                .forEach(letter -> times.add(Instant.parse(letter.path("diedAt").textValue())));
        assertThat(times).isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @Test
    void whatIsNoDeadLetterOfTheTypeIsNotFound() {
        String queued = submit("");
        String dead = submit("\"priority\":1");
        failForGood(lease());
        listed(1);
        for (String wrong : List.of("/nobody-knows", "/" + queued)) {
            assertProblem(api.get(path(wrong)), 404, "dead-letter-unknown");
            assertProblem(api.send("POST", path(wrong + "/replay"), ""), 404, "dead-letter-unknown");
            assertProblem(api.send("DELETE", path(wrong), ""), 404, "dead-letter-unknown");
        }
        assertProblem(api.get("/queues/other/dead/" + dead), 404, "dead-letter-unknown");
        assertThat(idsOn(api.get("/queues/other/dead"))).isEmpty();
        assertThat(listed(1)).containsExactly(dead);
    }

    // ── replaying and forgetting ───────────────────────────────────────────────────────────────────────────────

    @Test
    void replayedLetterIsANewJobOnceHoweverOftenItIsAskedFor() {
        String dead = dead();
        listed(1);
        Said first = assertStatus(api.send("POST", path("/" + dead + "/replay"), ""), 202);
        Said second = assertStatus(api.send("POST", path("/" + dead + "/replay"), ""), 200);

        assertThat(first.json().path("originalJobId").textValue()).isEqualTo(dead);
        assertThat(first.header("Location")).isEqualTo("/jobs/" + first.jobId());
        assertThat(second.jobId()).isEqualTo(first.jobId()).isNotEqualTo(dead);
        assertThat(listed(0)).isEmpty();
        Lease lease = lease();
        assertThat(lease.jobId()).isEqualTo(first.jobId());
        assertThat(lease.json().at("/input/page").intValue()).isEqualTo(1);
        assertNothingToDo();
    }

    @Test
    void allLettersAreReplayedAtOnce() {
        List<String> dead = deadOnes(3);
        JsonNode said = assertStatus(api.send("POST", path("/replay"), ""), 202).json();

        assertThat(said.path("replayed").intValue()).isEqualTo(3);
        assertThat(said.path("more").booleanValue()).isFalse();
        assertThat(listed(0)).isEmpty();
        List<String> originals = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            originals.add(lease().json().at("/job/originalJobId").textValue());
        }
        assertThat(originals).containsExactlyInAnyOrderElementsOf(dead);
        assertThat(assertStatus(api.send("POST", path("/replay"), ""), 202)
                        .json()
                        .path("replayed")
                        .intValue())
                .isZero();
        assertNothingToDo();
    }

    @Test
    void lettersAreForgottenOneByOneOrAllAtOnce() {
        List<String> dead = deadOnes(3);
        assertStatus(api.send("DELETE", path("/" + dead.get(1)), ""), 204);
        assertThat(listed(2)).containsExactlyInAnyOrder(dead.get(0), dead.get(2));

        JsonNode said = assertStatus(api.send("DELETE", path(""), ""), 200).json();
        assertThat(said.path("purged").intValue()).isEqualTo(2);
        assertThat(said.path("more").booleanValue()).isFalse();
        assertThat(listed(0)).isEmpty();
        assertThat(job(dead.get(0)).path("status").textValue())
                .as("the job itself stays")
                .isEqualTo("failed");
        assertNothingToDo();
    }
}
