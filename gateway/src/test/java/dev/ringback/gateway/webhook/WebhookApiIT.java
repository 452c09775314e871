package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.testkit.Receiver.answer;
import static dev.ringback.gateway.testkit.Receiver.status;
import static dev.ringback.gateway.webhook.WebhookCaller.eventually;
import static dev.ringback.gateway.webhook.WebhookCaller.failures;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.TestGateway;
import dev.ringback.gateway.webhook.WebhookCaller.Said;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Endpoints, deliveries and secrets, as two owners of one gateway see them. */
class WebhookApiIT {
    private static final String ALICE = "Authorization: Bearer alices-worker-token-1";
    private static final String BOB = "Authorization: Bearer bobs-worker-token-1";
    private static final String TOKENS = "auth.tokens=[{token: alices-worker-token-1, owner: alice, role: worker}, "
            + "{token: bobs-worker-token-1, owner: bob, role: worker}]";
    private static final String OTHER_SECRET = "whsec_AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD";

    private final Receiver receiver = Receiver.start();
    private TestGateway gateway;
    private WebhookCaller caller;

    @BeforeEach
    void startGateway() {
        start("webhook.schedule=[0s, 100ms]");
    }

    private void start(String... settings) {
        if (gateway != null) {
            gateway.close();
        }
        String[] local = WebhookCaller.local(settings);
        String[] all = Arrays.copyOf(local, local.length + 2);
        all[local.length] = "auth.mode=tokens";
        all[local.length + 1] = TOKENS;
        gateway = TestGateway.start(all);
        caller = new WebhookCaller(gateway);
    }

    @AfterEach
    void close() {
        gateway.close();
        receiver.close();
    }

    private Said alice(String method, String path, String body) {
        return caller.send(method, path, body, ALICE);
    }

    private JsonNode endpoint(String more) {
        return caller.endpoint(receiver.url("/all"), more, ALICE);
    }

    /** Submits and ends a job of this owner that has no webhook of its own. */
    private void end(String jobId, String type, String owner) {
        caller.send("PUT", "/jobs/" + jobId, "{\"type\":\"" + type + "\"}", owner)
                .is(202);
        caller.end(jobId, owner);
    }

    private Receiver.Request request(int number) {
        eventually(() -> assertThat(receiver.requests()).hasSizeGreaterThan(number));
        return receiver.requests().get(number);
    }

    private JsonNode delivery(String jobId, String status) {
        JsonNode[] found = new JsonNode[1];
        eventually(() -> {
            found[0] = alice("GET", "/webhooks/deliveries?status=" + status, "")
                    .json()
                    .path("deliveries")
                    .get(0);
            assertThat(found[0]).isNotNull();
            assertThat(found[0].path("jobId").asText()).isEqualTo(jobId);
        });
        return found[0];
    }

    // ── endpoints ──────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void endpointHearsOfItsOwnersJobsOfItsTypesAndEventsOnly() {
        JsonNode made = endpoint(",\"events\":[\"completed\"],\"types\":[\"report\"]");
        end("of-bob", "report", BOB);
        end("other-type", "audit", ALICE);
        caller.send("PUT", "/jobs/other-event", "{\"type\":\"report\"}", ALICE).is(202);
        caller.event("other-event", "{\"status\":\"failed\"}", ALICE).is(200);
        end("wanted", "report", ALICE);

        assertThat(request(0).text()).contains("\"jobId\":\"wanted\"");
        WebhookCaller.assertSigned(request(0), made.path("secret").asText());
        assertThat(delivery("wanted", "delivered").path("endpoint").asText())
                .isEqualTo(made.path("id").asText());
        assertThat(receiver.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | JSON",
                "[] | JSON",
                "{} | \"url\" is missing",
                "{\"url\":\"ftp://a.example/\"} | it must begin with https:// or http://",
                "{\"url\":\"https://10.0.0.1/\"} | the address 10.0.0.1 is",
                "{\"url\":\"https://169.254.169.254/\"} | the address 169.254.169.254 is",
                "{\"url\":\"https://[::1]/\"} | is",
                "{\"url\":\"https://me:pw@a.example/\"} | user or password",
                "{\"url\":\"https://a.example/\",\"events\":[\"done\"]} | completed, failed, cancelled, progress",
                "{\"url\":\"https://a.example/\",\"types\":\"report\"} | \"types\" must be a list",
                "{\"url\":\"https://a.example/\",\"secret\":\"mine\"} | \"secret\" must be whsec_",
                "{\"url\":\"https://a.example/\",\"disabled\":\"no\"} | \"disabled\" must be true or false",
                "{\"url\":\"https://a.example/\",\"description\":7} | \"description\" must be a string"
            })
    void whatIsNoEndpointIsRefusedWithTheReason(String body, String reason) {
        String id = endpoint("").path("id").asText();
        for (Said said : List.of(alice("POST", "/webhooks", body), alice("PUT", "/webhooks/" + id, body))) {
            said.is(400);
            assertThat(said.json().path("detail").asText()).contains(reason);
        }
        assertThat(alice("GET", "/webhooks", "").json().path("webhooks")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"t\",\"callbackUrl\":\"https://127.0.0.2/\"} | the address 127.0.0.2 is",
                "{\"type\":\"t\",\"webhook\":{\"url\":\"https://192.168.1.1/\"}} | the address 192.168.1.1 is",
                "{\"type\":\"t\",\"webhook\":{\"url\":\"https://a.example/\",\"secret\":\"s\"}} | \"secret\" must be",
                "{\"type\":\"t\",\"webhook\":{\"events\":[\"failed\"]}} | \"url\" is missing"
            })
    void jobWhoseWebhookCanNotBeCalledIsRefused(String body, String reason) {
        Said said = alice("POST", "/jobs", body).is(400);
        assertThat(said.json().path("detail").asText()).contains(reason);
    }

    @Test
    void oneTooManyIsAConflict() {
        start("webhook.endpoints=2");
        endpoint("");
        String second = endpoint("").path("id").asText();
        Said third = alice("POST", "/webhooks", "{\"url\":\"" + receiver.url("/") + "\"}")
                .is(409);
        assertThat(third.body()).contains("webhook.endpoints = 2");
        caller.endpoint(receiver.url("/"), "", BOB);

        alice("DELETE", "/webhooks/" + second, "").is(204);
        endpoint("");
    }

    @Test
    void whatIsAnothersIsAnsweredAsWhatIsNot() {
        String endpoint = endpoint("").path("id").asText();
        end("job", "report", ALICE);
        String delivery = delivery("job", "delivered").path("id").asText();
        String put = "{\"url\":\"" + receiver.url("/") + "\"}";
        for (String[] call : new String[][] {
            {"GET", "/webhooks/ID", "", endpoint},
            {"PUT", "/webhooks/ID", put, endpoint},
            {"DELETE", "/webhooks/ID", "", endpoint},
            {"GET", "/webhooks/ID/secret", "", endpoint},
            {"POST", "/webhooks/ID/secret", "", endpoint},
            {"POST", "/webhooks/ID/test", "", endpoint},
            {"GET", "/webhooks/deliveries/ID", "", delivery},
            {"POST", "/webhooks/deliveries/ID/redeliver", "", delivery}
        }) {
            Said others = caller.send(call[0], call[1].replace("ID", call[3]), call[2], BOB)
                    .is(404);
            String unknown = call[3].substring(0, 3) + "x".repeat(call[3].length() - 3);
            Said none = caller.send(call[0], call[1].replace("ID", unknown), call[2], BOB)
                    .is(404);
            assertThat(others.body().replace(call[3], unknown)).isEqualTo(none.body());
            assertThat(others.response().headers().map().keySet())
                    .isEqualTo(none.response().headers().map().keySet());
        }
        assertThat(caller.deliveries("", BOB)).isEmpty();
        assertThat(caller.deliveries("?endpoint=" + endpoint, BOB)).isEmpty();
        assertThat(caller.send("GET", "/webhooks", "", BOB).json().path("webhooks"))
                .isEmpty();
        caller.send("DELETE", "/webhooks/deliveries?status=delivered", "", BOB).is(200);
        assertThat(caller.deliveries("?endpoint=" + endpoint, ALICE)).hasSize(1);
    }

    @Test
    void endpointThatIsGoneHearsNothingUntilItsOwnerEnablesItAndMissesNothingThatIsRedelivered() {
        String id = endpoint("").path("id").asText();
        receiver.next(answer(410, "gone")).otherwise(status(204));
        end("first", "report", ALICE);
        assertThat(failures(delivery("first", "dead"))).containsExactly("http_410");
        eventually(() -> assertThat(alice("GET", "/webhooks/" + id, "")
                        .json()
                        .path("disabled")
                        .asBoolean())
                .isTrue());
        end("unheard", "report", ALICE);

        String enable = "{\"url\":\"" + receiver.url("/all") + "\",\"disabled\":false}";
        assertThat(alice("PUT", "/webhooks/" + id, enable)
                        .is(200)
                        .json()
                        .path("disabled")
                        .asBoolean())
                .isFalse();
        String dead = delivery("first", "dead").path("id").asText();
        alice("POST", "/webhooks/deliveries/" + dead + "/redeliver", "").is(202);
        assertThat(failures(delivery("first", "delivered"))).containsExactly("http_410", "");
        end("second", "report", ALICE);
        delivery("second", "delivered");
        assertThat(receiver.requests())
                .hasSize(3)
                .noneMatch(request -> request.text().contains("unheard"));
    }

    // ── secrets ────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void whileASecretRotatesBothSignTheNewestFirst() {
        JsonNode made = endpoint(",\"secret\":\"" + WebhookCaller.SECRET + "\"");
        assertThat(made.path("secret").asText()).isEqualTo(WebhookCaller.SECRET);
        String path = "/webhooks/" + made.path("id").asText();
        JsonNode rotated = alice("POST", path + "/secret", "{\"secret\":\"" + OTHER_SECRET + "\"}")
                .is(200)
                .json();
        assertThat(rotated.path("secret").asText()).isEqualTo(OTHER_SECRET);
        assertThat(rotated.path("previous").get(0).path("secret").asText()).isEqualTo(WebhookCaller.SECRET);
        end("job", "report", ALICE);

        assertThat(WebhookCaller.signatures(request(0))).hasSize(2);
        WebhookCaller.assertSigned(request(0), WebhookCaller.SECRET);
        WebhookCaller.assertSigned(request(0), OTHER_SECRET);
        assertThat(alice("GET", path, "").body()).doesNotContain("whsec_");
        assertThat(alice("GET", "/webhooks", "").body()).doesNotContain("whsec_");
    }

    @Test
    void rotationWithoutADelayLeavesOneSecret() {
        start("webhook.secret-rotation=0s");
        JsonNode made = endpoint("");
        String path = "/webhooks/" + made.path("id").asText() + "/secret";
        String fresh = alice("POST", path, "").is(200).json().path("secret").asText();
        assertThat(fresh).startsWith("whsec_").isNotEqualTo(made.path("secret").asText());
        end("job", "report", ALICE);

        assertThat(WebhookCaller.signatures(request(0))).hasSize(1);
        WebhookCaller.assertSigned(request(0), fresh);
    }

    @Test
    void callbackUrlIsSignedWithTheOwnersSecret() {
        caller.send("PUT", "/jobs/plain", "{\"type\":\"t\",\"callbackUrl\":\"" + receiver.url("/cb") + "\"}", ALICE)
                .is(202);
        caller.end("plain", ALICE);
        String secret = alice("GET", "/webhooks/secret", "")
                .is(200)
                .json()
                .path("secret")
                .asText();
        WebhookCaller.assertSigned(request(0), secret);
        assertThat(caller.send("GET", "/webhooks/secret", "", BOB)
                        .json()
                        .path("secret")
                        .asText())
                .isNotEqualTo(secret);
    }

    @ParameterizedTest
    @CsvSource({"standard, true, false", "x, false, true", "both, true, true"})
    void headersAreThoseThatOperatorsChose(String headers, boolean standard, boolean x) {
        start("webhook.headers=" + headers);
        endpoint(",\"secret\":\"" + WebhookCaller.SECRET + "\"");
        end("job", "report", ALICE);
        Receiver.Request request = request(0);

        assertThat(request.headers().containsKey("webhook-signature")).isEqualTo(standard);
        assertThat(request.headers().containsKey("webhook-id")).isEqualTo(standard);
        assertThat(request.headers().containsKey("X-Webhook-Signature")).isEqualTo(x);
        if (x) {
            assertThat(request.header("X-Webhook-Signature"))
                    .isEqualTo(WebhookCaller.bodySignature(request, WebhookCaller.SECRET));
            assertThat(request.header("X-Webhook-Event")).isEqualTo("job.completed");
            assertThat(request.header("X-Webhook-Delivery"))
                    .isEqualTo(delivery("job", "delivered").path("id").asText());
        }
    }

    // ── deliveries ─────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void whatReceiversAnswerIsShownToOperatorsOnly() {
        receiver.otherwise(answer(500, "the inside of a network"));
        endpoint("");
        end("job", "report", ALICE);
        String id = delivery("job", "dead").path("id").asText();

        Said seen = alice("GET", "/webhooks/deliveries/" + id, "").is(200);
        assertThat(failures(seen.json())).containsExactly("http_500", "http_500");
        assertThat(seen.json().path("log").get(0).path("status").asInt()).isEqualTo(500);
        assertThat(seen.body()).doesNotContain("inside");
        assertThat(alice("GET", "/webhooks/deliveries", "").body()).doesNotContain("inside");
        assertThat(caller.operate("GET", "/webhooks/deliveries/" + id).is(200).body())
                .contains("the inside of a network");
        assertThat(caller.operate("GET", "/webhooks/deliveries?status=dead").body())
                .contains("the inside of a network")
                .doesNotContain("whsec_");
    }

    @Test
    void deliveriesAreFilteredPagedRedeliveredAndPurged() {
        receiver.otherwise(status(500));
        String one = endpoint("").path("id").asText();
        String two = endpoint("").path("id").asText();
        end("a", "report", ALICE);
        end("b", "report", ALICE);
        eventually(() -> assertThat(caller.deliveries("?status=dead", ALICE)).hasSize(4));
        assertThat(caller.deliveries("?endpoint=" + one, ALICE)).hasSize(2);
        assertThat(caller.deliveries("?status=delivered", ALICE)).isEmpty();

        JsonNode page = alice("GET", "/webhooks/deliveries?limit=3", "").json();
        assertThat(page.path("deliveries")).hasSize(3);
        assertThat(alice("GET", page.path("next").asText(), "").is(200).json().path("deliveries"))
                .hasSize(1);

        receiver.otherwise(status(204));
        Said again = alice("POST", "/webhooks/deliveries/redeliver?endpoint=" + two, "")
                .is(202);
        assertThat(again.json().path("redelivered").asInt()).isEqualTo(2);
        eventually(() -> assertThat(caller.deliveries("?status=delivered&endpoint=" + two, ALICE))
                .hasSize(2));

        alice("DELETE", "/webhooks/deliveries", "").is(400);
        Said purged = alice("DELETE", "/webhooks/deliveries?status=dead", "").is(200);
        assertThat(purged.json().path("purged").asInt()).isEqualTo(2);
        assertThat(caller.deliveries("", ALICE)).hasSize(2);
        alice("POST", "/webhooks/deliveries/redeliver?status=pending", "").is(400);
    }

    @Test
    void testEventIsSentOnceAndSaysWhatItIs() {
        receiver.otherwise(status(500));
        String id = endpoint("").path("id").asText();
        Said sent = alice("POST", "/webhooks/" + id + "/test", "").is(202);
        assertThat(request(0).text()).contains("\"type\":\"webhook.test\"", id);
        String location = sent.response().headers().firstValue("Location").orElseThrow();
        eventually(() -> assertThat(
                        alice("GET", location, "").json().path("status").asText())
                .isEqualTo("dead"));
        assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void removedEndpointIsSentNothingMore() {
        receiver.otherwise(status(503, "Retry-After", "3"));
        String id = endpoint("").path("id").asText();
        end("job", "report", ALICE);
        request(0);
        alice("DELETE", "/webhooks/" + id, "").is(204);
        assertThat(failures(delivery("job", "dead"))).containsExactly("http_503", "removed");
        assertThat(receiver.requests()).hasSize(1);
    }
}
