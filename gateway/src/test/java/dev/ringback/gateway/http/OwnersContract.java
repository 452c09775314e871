package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.http.Api.Said;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who has to do with whose jobs, where requests need a token: others' jobs are as if they were not there. */
abstract class OwnersContract extends QueueApiFixture {
    private static final String SHOP = "Authorization: Bearer shop-client-token-1";
    private static final String SHOP_WORKER = "Authorization: Bearer shop-worker-token-1";
    private static final String OTHER_WORKER = "Authorization: Bearer other-worker-token-1";
    private static final String EVERYBODYS_WORKER = "Authorization: Bearer every-worker-token-1";
    private static final String TOKENS = "auth.tokens=[{token: shop-client-token-1, owner: shop, role: client}, "
            + "{token: shop-worker-token-1, owner: shop, role: worker}, "
            + "{token: other-worker-token-1, owner: other, role: worker}, "
            + "{token: every-worker-token-1, owner: '*', role: worker}]";

    /** How many letters one request replays or forgets. */
    private static final int PAGE = 100;

    @Override
    List<String> settings() {
        return List.of("queues.retry-delay=0s", "auth.mode=tokens", TOKENS);
    }

    private String deadPath(String rest) {
        return "/queues/" + type + "/dead" + rest;
    }

    @Test
    void workerHasTheJobsOfItsOwnerAndThoseOfNobody() {
        String shops = submit("", SHOP);
        String nobodys = submit("", EVERYBODYS_WORKER);
        assertThat(leased(ask("wait=10", OTHER_WORKER)).jobId()).isEqualTo(nobodys);
        assertStatus(ask("wait=0", OTHER_WORKER), 204);
        assertThat(leased(ask("wait=10", SHOP_WORKER)).jobId()).isEqualTo(shops);

        submit("", SHOP);
        submit("", OTHER_WORKER);
        assertThat(ask("max=9&wait=10", EVERYBODYS_WORKER).json().path("leases"))
                .hasSize(2);
    }

    @Test
    void jobIsNoAnswerToAWorkerOfAnotherOwnerThatWaits() {
        var others = askLater("wait=20", OTHER_WORKER);
        awaitWaiting(gateway, 1);
        String shops = submit("", SHOP);
        assertThat(leased(ask("wait=10", SHOP_WORKER)).jobId()).isEqualTo(shops);
        String theirs = submit("", OTHER_WORKER);
        assertThat(leased(others.join()).jobId()).isEqualTo(theirs);
    }

    @Test
    void leaseOfAnothersJobServesNobodyElse() {
        submit("", SHOP);
        Lease lease = leased(ask("wait=10", SHOP_WORKER));
        for (String members : List.of("", "\"progress\":1", "\"status\":\"completed\"", "\"status\":\"queued\"")) {
            assertProblem(report(lease, members, OTHER_WORKER), 404, "job-unknown");
            assertProblem(report(lease, members, SHOP), 403, "not-a-worker");
        }
        assertStatus(report(lease, "\"status\":\"completed\"", SHOP_WORKER), 200);
    }

    @Test
    void clientsHaveNothingToDoWithQueues() {
        submit("", SHOP);
        for (String asked : List.of(
                "POST " + leasePath() + "?wait=0",
                "GET /queues",
                "GET /queues/" + type,
                "GET " + deadPath(""),
                "GET " + deadPath("/x"),
                "POST " + deadPath("/x/replay"),
                "POST " + deadPath("/replay"),
                "DELETE " + deadPath("/x"),
                "DELETE " + deadPath(""))) {
            String[] words = asked.split(" ");
            assertProblem(api.send(words[0], words[1], "", SHOP), 403, "not-a-worker");
            assertProblem(api.send(words[0], words[1], ""), 401, "unauthorized");
        }
    }

    @Test
    void deadLettersOfOthersAreNeitherShownNorTouched() {
        List<String> dead = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            dead.add(submit("", SHOP));
            Lease lease = leased(ask("wait=10", SHOP_WORKER));
            assertStatus(report(lease, "\"status\":\"failed\",\"error\":{\"retryable\":false}", SHOP_WORKER), 200);
        }
        await().until(() -> listed(SHOP_WORKER).size() == 3);

        assertThat(listed(OTHER_WORKER)).isEmpty();
        String one = dead.get(0);
        assertProblem(api.get(deadPath("/" + one), OTHER_WORKER), 404, "dead-letter-unknown");
        assertProblem(api.send("POST", deadPath("/" + one + "/replay"), "", OTHER_WORKER), 404, "dead-letter-unknown");
        assertProblem(api.send("DELETE", deadPath("/" + one), "", OTHER_WORKER), 404, "dead-letter-unknown");
        Said replayed = assertStatus(api.send("POST", deadPath("/replay"), "", OTHER_WORKER), 202);
        assertThat(replayed.json().path("replayed").intValue()).isZero();
        Said purged = assertStatus(api.send("DELETE", deadPath(""), "", OTHER_WORKER), 200);
        assertThat(purged.json().path("purged").intValue()).isZero();
        assertThat(listed(SHOP_WORKER)).hasSize(3);

        Said again = assertStatus(api.send("POST", deadPath("/" + one + "/replay"), "", SHOP_WORKER), 202);
        assertThat(leased(ask("wait=10", SHOP_WORKER)).jobId())
                .as("the new job has the owner of the dead one")
                .isEqualTo(again.jobId());
        assertStatus(api.get("/jobs/" + again.jobId(), SHOP), 200);
    }

    @Test
    void lettersBehindAPageOfOthersAreReachedPageByPage() {
        String own = submit("", OTHER_WORKER);
        failAll(OTHER_WORKER);
        for (int i = 0; i < PAGE; i++) {
            submit("", SHOP);
        }
        failAll(SHOP_WORKER);
        await().until(() -> listed(SHOP_WORKER).size() == PAGE);

        JsonNode first = assertStatus(api.send("POST", deadPath("/replay"), "", OTHER_WORKER), 202)
                .json();
        assertThat(first.path("replayed").intValue()).isZero();
        assertThat(first.path("more").booleanValue()).isTrue();
        String next = first.path("next").textValue();
        JsonNode second =
                assertStatus(api.send("POST", next, "", OTHER_WORKER), 202).json();
        assertThat(second).hasToString("{\"replayed\":1,\"more\":false}");
        assertThat(leased(ask("wait=10", OTHER_WORKER))
                        .json()
                        .at("/job/originalJobId")
                        .textValue())
                .isEqualTo(own);
        JsonNode purged = assertStatus(api.send("DELETE", deadPath(""), "", SHOP_WORKER), 200)
                .json();
        assertThat(purged.path("purged").intValue()).isEqualTo(PAGE);
        assertThat(listed(EVERYBODYS_WORKER)).isEmpty();
    }

    private void failAll(String token) {
        JsonNode leases =
                assertStatus(ask("wait=10&max=" + PAGE, token), 200).json().path("leases");
        for (JsonNode lease : leases) {
            assertStatus(report(new Lease(lease), "\"status\":\"failed\",\"error\":{\"retryable\":false}", token), 200);
        }
    }

    private List<String> listed(String token) {
        List<String> ids = new ArrayList<>();
        JsonNode page =
                assertStatus(api.get(deadPath("?limit=100"), token), 200).json();
        page.path("dead").forEach(letter -> ids.add(letter.at("/job/jobId").textValue()));
        return ids;
    }

    @Test
    void treesAndUpstreamsOfOthersAreAsIfTheyWereNotThere() {
        String shops = submit("", SHOP);
        assertProblem(api.get("/jobs/" + shops + "/tree", OTHER_WORKER), 404, "job-unknown");
        assertStatus(api.get("/jobs/" + shops + "/tree", SHOP), 200);
        Said unknown = trySubmit("\"after\":[\"nobody-knows\"]", OTHER_WORKER);
        Said foreign = trySubmit("\"after\":[\"" + shops + "\"]", OTHER_WORKER);
        assertProblem(foreign, 422, "after-refused");
        assertThat(foreign.body().replace(shops, "nobody-knows")).isEqualTo(unknown.body());

        String everybodys = submit("\"after\":[\"" + shops + "\"]", EVERYBODYS_WORKER);
        JsonNode tree = api.get("/jobs/" + everybodys + "/tree", OTHER_WORKER).json();
        assertThat(tree.path("jobs").findValuesAsText("jobId")).containsExactly(everybodys);
    }
}
