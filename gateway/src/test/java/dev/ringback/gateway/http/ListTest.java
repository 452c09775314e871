package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.http.Api.Said;
import dev.ringback.gateway.testkit.TestGateway;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GET /jobs}: pages, filters, and whose jobs are shown. */
class ListTest {
    private static final String TOKENS = "auth.tokens=[{token: shop-client-token-1, owner: shop, role: client}, "
            + "{token: other-client-token-1, owner: other, role: client}, "
            + "{token: any-worker-token-1, owner: '*', role: worker}]";
    private static final String SHOP = "Authorization: Bearer shop-client-token-1";
    private static final String OTHER = "Authorization: Bearer other-client-token-1";
    private static final String WORKER = "Authorization: Bearer any-worker-token-1";

    private static final List<String> MADE = new ArrayList<>();
    private static TestGateway gateway;
    private static Api api;

    @BeforeAll
    static void makeJobs() {
        gateway = TestGateway.start("auth.mode=tokens", TOKENS);
        api = new Api(gateway);
        for (int i = 0; i < 25; i++) {
            MADE.add(api.submit("{\"type\":\"" + (i % 5 == 0 ? "rare" : "usual") + "\"}", SHOP)
                    .jobId());
        }
        api.event(MADE.get(0), "{\"status\":\"completed\"}", WORKER);
        api.event(MADE.get(1), "{\"status\":\"failed\"}", WORKER);
        api.submit("{\"type\":\"theirs\"}", OTHER);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static List<String> ids(Said page) {
        List<String> ids = new ArrayList<>();
        page.json().path("jobs").forEach(job -> ids.add(job.path("jobId").asText()));
        return ids;
    }

    /** Every page, by the links that the pages give. */
    private static List<String> follow(String first, String token) {
        List<String> ids = new ArrayList<>();
        String next = first;
        while (!next.isEmpty()) {
            Said page = api.get(next, token);
            assertThat(page.status()).isEqualTo(200);
            ids.addAll(ids(page));
            next = page.json().path("next").asText();
            String link = next.isEmpty() ? "" : "<" + next + ">; rel=\"next\"";
            assertThat(page.header("Link")).isEqualTo(link);
        }
        return ids;
    }

    @Test
    void pagesTogetherAreAllOfTheCallersJobsNewestFirst() {
        List<String> all = follow("/jobs?limit=4", SHOP);

        assertThat(all).containsExactlyInAnyOrderElementsOf(MADE);
        assertThat(ids(api.get("/jobs", SHOP))).hasSize(20).isEqualTo(all.subList(0, 20));
        List<String> created = new ArrayList<>();
        for (JsonNode job : api.get("/jobs?limit=100", SHOP).json().path("jobs")) {
            created.add(0, job.path("createdAt").asText());
        }
        assertThat(created).hasSize(25).isSorted();
    }

    @Test
    void filtersGoTogetherAndStayInTheLinks() {
        assertThat(follow("/jobs?type=rare&limit=2", SHOP)).hasSize(5).contains(MADE.get(0), MADE.get(20));
        assertThat(follow("/jobs?status=completed,failed", SHOP)).containsExactlyInAnyOrder(MADE.get(0), MADE.get(1));
        assertThat(follow("/jobs?status=done&type=rare", SHOP)).containsExactly(MADE.get(0));
        assertThat(follow("/jobs?status=cancelled", SHOP)).isEmpty();
    }

    @Test
    void eachJobIsListedAsItIsRead() {
        JsonNode listed = api.get("/jobs?limit=1&status=queued", SHOP).json().at("/jobs/0");
        JsonNode read = api.get("/jobs/" + listed.path("jobId").asText(), SHOP).json();

        assertThat(listed).isEqualTo(read);
    }

    @Test
    void nobodySeesAnothersAndAWorkerOfAllSeesAll() {
        assertThat(follow("/jobs", OTHER)).hasSize(1).doesNotContainAnyElementsOf(MADE);
        assertThat(follow("/jobs?limit=10", WORKER)).hasSize(26);
        assertThat(api.get("/jobs").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, limit-malformed",
        "limit=101, limit-malformed",
        "limit=x, limit-malformed",
        "limit=, limit-malformed",
        "status=asleep, status-malformed",
        "status=, status-malformed",
        "type=, type-malformed",
        "cursor=%21, cursor-malformed",
        "cursor=MTIz, cursor-malformed",
        "cursor=LTEuYQ, cursor-malformed"
    })
    void whatIsNoFilterIsRefusedByName(String query, String code) {
        Said refused = api.get("/jobs?" + query, SHOP);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("type").asText()).endsWith(code);
    }
}
