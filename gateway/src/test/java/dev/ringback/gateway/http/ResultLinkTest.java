package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.TestGateway;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs that anybody may download a result from, for a while, and who may do what with results where requests need a token. */
class ResultLinkTest {
    private static final String SHOP = "Authorization: Bearer shop-client-token-1";
    private static final String OTHER = "Authorization: Bearer other-client-token-1";
    private static final String SHOP_WORKER = "Authorization: Bearer shop-worker-token-1";
    private static final String OTHER_WORKER = "Authorization: Bearer other-worker-token-1";
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "auth.mode=tokens",
                "auth.tokens=[{token: shop-client-token-1, owner: shop, role: client}, "
                        + "{token: other-client-token-1, owner: other, role: client}, "
                        + "{token: shop-worker-token-1, owner: shop, role: worker}, "
                        + "{token: other-worker-token-1, owner: other, role: worker}]",
                "jobs.auto-create=false");
        for (String id : new String[] {"done", "short-lived", "open"}) {
            exchange(withBody(
                    "PUT", "/jobs/" + id, "{\"type\":\"t\",\"ttl\":" + (id.equals("done") ? 600 : 1) + "}", SHOP));
        }
        assertThat(exchange(withBody("PUT", "/jobs/done/result", "picture", SHOP_WORKER, "Content-Type: image/png"))
                        .status())
                .isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Answer exchange(String request) {
        return UploadTest.exchange(gateway, request);
    }

    private static JsonNode link(String id, String body) {
        String target = "/jobs/" + id + "/result/url";
        Answer answer = exchange(body.isEmpty() ? request("POST", target, SHOP) : withBody("POST", target, body, SHOP));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static int status(String target) {
        return exchange(request("GET", target)).status();
    }

    @Test
    void urlServesWithoutAToken() {
        String url = link("done", "").path("url").asText();
        Answer answer = exchange(request("GET", url));

        assertThat(url).matches("/jobs/done/result\\?expires=[0-9]+&signature=[A-Za-z0-9_-]{43}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("picture");
        assertThat(exchange(request("HEAD", url)).header("Content-Length")).isEqualTo("7");
        assertThat(status(url + "&wait=0")).isEqualTo(200);
    }

    @Test
    void timeIsTenMinutesOrAsAskedFor() {
        long now = Instant.now().getEpochSecond();

        assertThat(Instant.parse(link("done", "").path("expiresAt").asText()).getEpochSecond())
                .isBetween(now + 599, now + 610);
        assertThat(Instant.parse(link("done", "{\"expiresIn\":604800}")
                                .path("expiresAt")
                                .asText())
                        .getEpochSecond())
                .isBetween(now + 604_799, now + 604_810);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"expiresIn\":0}", "{\"expiresIn\":604801}", "{\"expiresIn\":\"9\"}", "[]", "{"})
    void timeThatCannotBeIsRefused(String body) {
        assertThat(exchange(withBody("POST", "/jobs/done/result/url", body, SHOP))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void urlThatWasChangedServesNobody() {
        String url = link("done", "").path("url").asText();
        int signature = url.indexOf("signature=") + 10;
        char first = url.charAt(signature);
        String changed = url.substring(0, signature) + (first == 'A' ? 'B' : 'A') + url.substring(signature + 1);

        for (String wrong : new String[] {
            changed,
            url.substring(0, url.length() - 1),
            url + "A",
            url + "%00",
            url.replace("expires=", "expires=9"),
            url.replaceFirst("expires=[0-9]+&", ""),
            url.replaceFirst("expires=[0-9]+", "expires=never"),
            url.replace("done", "open"),
            url.replace("done", "unknown"),
            "/jobs/done/result?signature=",
        }) {
            Answer answer = exchange(request("GET", wrong));
            assertThat(answer.status()).as(wrong).isEqualTo(403);
            assertThat(answer.text()).contains("signature-invalid");
        }
        assertThat(exchange(request("GET", changed, SHOP)).status()).isEqualTo(403);
    }

    @Test
    void urlServesNothingButTheResult() {
        String query = link("done", "").path("url").asText().replaceFirst("[^?]*", "");

        for (String path : new String[] {"/jobs/done", "/jobs/done/events", "/jobs/done/result/url", "/jobs"}) {
            assertThat(status(path + query)).as(path).isIn(401, 405);
        }
        assertThat(exchange(withBody("PUT", "/jobs/done/result" + query, "x")).status())
                .isEqualTo(401);
    }

    @Test
    void urlWhoseTimeIsOverServesNobody() {
        String url = link("done", "{\"expiresIn\":1}").path("url").asText();

        assertThat(status(url)).isEqualTo(200);
        await().until(() -> status(url) == 403);
    }

    @Test
    void urlOfAnExpiredJobSaysThatItIsGone() {
        exchange(withBody("PUT", "/jobs/short-lived/result", "x", SHOP_WORKER));
        String url = link("short-lived", "").path("url").asText();

        assertThat(status(url)).isEqualTo(200);
        await().until(() -> status(url) == 410);
    }

    @Test
    void onlyAWorkerOfTheOwnerMayUploadAndNobodyElseLearnsOfTheJob() {
        String target = "/jobs/open/result";
        String asking = request("PUT", target, "Content-Length: 9", "Expect: 100-continue");

        assertThat(refused(asking).status()).isEqualTo(401);
        assertThat(refused(with(asking, SHOP)).status()).isEqualTo(403);
        Answer foreign = refused(with(asking, OTHER_WORKER));
        Answer unknown = refused(with(asking, OTHER_WORKER).replace("/open/", "/nope/"));
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.withoutDate()).isEqualTo(unknown.withoutDate().replace("nope", "open"));
        assertThat(exchange(request("GET", "/jobs/done/result", OTHER)).status())
                .isEqualTo(404);
        assertThat(exchange(request("POST", "/jobs/done/result/url", OTHER)).status())
                .isEqualTo(404);
    }

    /** Answered before the body is asked for, and closed. */
    private static Answer refused(String request) {
        Answer answer = exchange(request);
        assertThat(answer.closes()).isTrue();
        answer.isProblem();
        return answer;
    }

    private static String with(String request, String header) {
        return request.replaceFirst("\r\n", "\r\n" + header + "\r\n");
    }
}
