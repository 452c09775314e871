package dev.ringback.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.DemoPageIT.Browser;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.TestGateway;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The operators' page in a real browser. */
@Tag("conformance")
class OperatorPageIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String HOSTILE =
            "<img src=x onerror=\"document.title='harmed'\"><script>document.title='harmed'</script>";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Receiver receiver = Receiver.start();
    private TestGateway gateway;
    private Browser browser;

    @BeforeEach
    void openThePage() throws Exception {
        assumeTrue(Browser.isThere(), Browser.ABSENT);
        gateway = TestGateway.start(
                "webhook.allow-http=true",
                "webhook.allow-cidrs=127.0.0.0/8",
                "webhook.ports=[]",
                "webhook.schedule=[0s, 50ms]");
        browser = Browser.start();
        browser.open(gateway.admin("/"));
    }

    @AfterEach
    void close() throws Exception {
        receiver.close();
        if (browser != null) {
            browser.close();
        }
        if (gateway != null) {
            gateway.close();
        }
    }

    @Test
    void deadDeliveryIsShownWithItsReasonAndDeliveredAtTheButton() throws Exception {
        receiver.otherwise(Receiver.status(503));
        endJob("report-7");
        awaitStatuses("dead");
        assertThat(text("#deliveries")).contains("job.completed", "report-7", receiver.url("/hook"), "http_503");
        awaitText("#reasons", "http_503");
        awaitText("#results", "5xx");
        awaitFigure("given up", "1");

        receiver.otherwise(Receiver.status(204));
        browser.click("#deliveries button[aria-label^=Redeliver]");
        awaitStatuses("delivered");
        assertThat(text("#said")).isEqualTo("job.completed of report-7 is sent again.");
        awaitFigure("webhooks delivered", "1");
        awaitText("#results", "2xx");
        assertThat(text("#reasons")).isEmpty();
        assertThat(receiver.requests().stream().map(sent -> sent.header("webhook-id")))
                .hasSize(3)
                .containsOnly(receiver.requests().get(0).header("webhook-id"));
        browser.screenshot(Path.of("target", "operator-page.png"));
        assertNoComplaint();
    }

    @Test
    void whatReceiversAnswerIsTextAndNothingElse() throws Exception {
        receiver.otherwise(Receiver.answer(500, HOSTILE));
        endJob("report-8");
        awaitStatuses("dead");
        browser.click("#deliveries button.fold");
        assertThat(script("return document.querySelector('#deliveries .log pre').textContent"))
                .isEqualTo(HOSTILE);
        assertThat(browser.script("return document.querySelectorAll('#deliveries img, #deliveries script').length")
                        .asInt())
                .isZero();
        assertThat(script("return document.title")).isEqualTo("Ringback: operators");
        assertNoComplaint();
    }

    @Test
    void logThatWasOpenedStaysOpenAndFocusedWhileThePageRefreshes() throws Exception {
        receiver.otherwise(Receiver.status(500));
        endJob("report-1");
        awaitStatuses("dead");
        browser.click("#deliveries button.fold");
        endJob("report-2");
        awaitStatuses("dead", "dead");
        assertThat(script("return document.activeElement.getAttribute('aria-label')"))
                .isEqualTo("Log of job.completed of report-1");
        assertThat(browser.script("return document.querySelectorAll('#deliveries .log:not([hidden]) pre').length")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void allDeadAreRedeliveredOrPurgedOfTheChosenEndpoint() throws Exception {
        receiver.otherwise(Receiver.status(500));
        String endpoint = endpoint();
        endJob("report-1");
        endJob("report-2");
        awaitStatuses("dead", "dead", "dead", "dead");

        choose("#endpoint", endpoint);
        awaitStatuses("dead", "dead");
        receiver.otherwise(Receiver.status(204));
        browser.click("#redeliver-all");
        awaitStatuses("delivered", "delivered");
        assertThat(text("#said")).isEqualTo("2 deliveries of " + endpoint + " sent again.");

        choose("#endpoint", "");
        choose("#status", "dead");
        awaitStatuses("dead", "dead");
        browser.click("#purge");
        browser.click("#purge-no");
        browser.click("#purge");
        browser.click("#purge-yes");
        awaitStatuses();
        assertThat(text("#said")).isEqualTo("2 deliveries purged (dead).");
        choose("#status", "");
        awaitStatuses("delivered", "delivered");
        assertNoComplaint();
    }

    @Test
    void olderDeliveriesAreAPageAway() throws Exception {
        for (int i = 0; i < 21; i++) {
            endJob("report-" + i);
        }
        await().atMost(SOON).until(() -> statuses().size() == 20 && enabled("#older"));
        browser.click("#older");
        await().atMost(SOON).until(() -> statuses().size() == 1 && !enabled("#older"));
        browser.click("#newest");
        await().atMost(SOON).until(() -> statuses().size() == 20 && !enabled("#newest"));
        assertNoComplaint();
    }

    @Test
    void liveFiguresMoveAndRefusalsAreShown() throws Exception {
        awaitText("#ready", "ready");
        awaitText("#details", "store: memory");
        awaitText("#relay", "connected shards");
        awaitFigure("waiting: SSE", "0");
        HttpRequest waiting =
                HttpRequest.newBuilder(gateway.http("/jobs/report-9/events")).build();
        put("report-9");
        try (var stream = client.send(waiting, BodyHandlers.ofInputStream()).body()) {
            awaitFigure("waiting: SSE", "1");
            event("report-9", "{\"status\":\"completed\"}");
            assertThat(new String(stream.readAllBytes(), UTF_8)).contains("event: complete");
        }
        awaitFigure("waiting: SSE", "0");
        awaitFigure("deliveries", "1");
        awaitFigure("attempts", "1");
        assertThat(figure("p99, since the start")).endsWith("ms");
        assertNoComplaint();

        browser.script("ask('/webhooks/deliveries?limit=0').catch(e => say(e.message, true))");
        awaitText("#said", "400 Bad request: \"limit\"");
    }

    // ── what callers and workers do ────────────────────────────────────────────────────────────────────────────

    private void put(String jobId) throws Exception {
        String job = "{\"type\":\"report\",\"webhook\":{\"url\":\"" + receiver.url("/hook") + "\"}}";
        send(HttpRequest.newBuilder(gateway.http("/jobs/" + jobId)).PUT(BodyPublishers.ofString(job)), 202);
    }

    private void event(String jobId, String event) throws Exception {
        send(
                HttpRequest.newBuilder(gateway.http("/jobs/" + jobId + "/events"))
                        .POST(BodyPublishers.ofString(event)),
                200);
    }

    private void endJob(String jobId) throws Exception {
        put(jobId);
        event(jobId, "{\"status\":\"completed\",\"result\":{\"rows\":7}}");
    }

    private String endpoint() throws Exception {
        String made = send(
                HttpRequest.newBuilder(gateway.http("/webhooks"))
                        .POST(BodyPublishers.ofString("{\"url\":\"" + receiver.url("/all") + "\"}")),
                201);
        return made.replaceAll(".*\"id\":\"(ep_[0-9a-f]+)\".*", "$1");
    }

    private String send(HttpRequest.Builder request, int status) throws Exception {
        var answer = client.send(request.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }

    // ── what operators see ─────────────────────────────────────────────────────────────────────────────────────

    private String script(String body) throws Exception {
        return browser.script(body).asText();
    }

    private String text(String selector) throws Exception {
        return script("return document.querySelector('" + selector + "').textContent");
    }

    private boolean enabled(String selector) throws Exception {
        return browser.script("return !document.querySelector('" + selector + "').disabled")
                .asBoolean();
    }

    private void choose(String selector, String value) throws Exception {
        browser.script("const field = document.querySelector('" + selector + "'); field.value = '" + value
                + "'; field.dispatchEvent(new Event('change'))");
    }

    private List<String> statuses() throws Exception {
        List<String> statuses = new ArrayList<>();
        JsonNode shown = browser.script(
                "return [...document.querySelectorAll('#deliveries td .state')].map(state => state.textContent)");
        shown.forEach(status -> statuses.add(status.asText()));
        return statuses;
    }

    private void awaitStatuses(String... wanted) {
        await().atMost(SOON).untilAsserted(() -> assertThat(statuses()).containsExactly(wanted));
    }

    private void awaitText(String selector, String part) {
        await().atMost(SOON).untilAsserted(() -> assertThat(text(selector)).contains(part));
    }

    private String figure(String name) throws Exception {
        return script("return [...document.querySelectorAll('#live dt')].find(term => term.textContent === '" + name
                + "')?.nextSibling.textContent");
    }

    private void awaitFigure(String name, String value) {
        await().atMost(SOON).untilAsserted(() -> assertThat(figure(name)).isEqualTo(value));
    }

    private void assertNoComplaint() throws Exception {
        assertThat(browser.console())
                .as("errors and violations of the content security policy")
                .isEmpty();
    }
}
