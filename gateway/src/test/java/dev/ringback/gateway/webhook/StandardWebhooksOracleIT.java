package dev.ringback.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.ringback.gateway.testkit.Receiver;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the gateway sends is what the public library of Standard Webhooks accepts. */
class StandardWebhooksOracleIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Caller caller = new Caller();
    private final Receiver receiver = Receiver.start();

    @AfterEach
    void close() {
        receiver.close();
        caller.close();
    }

    @Test
    void libraryVerifiesWhatIsSentAndRefusesWhatWasAltered() throws Exception {
        Webhook library = new Webhook(endpoint().path("secret").textValue());
        Receiver.Request sent = sentFor("report-1");
        assertThatCode(() -> library.verify(sent.text(), headers(sent))).doesNotThrowAnyException();
        JsonNode event = Caller.JSON.readTree(sent.text());
        assertThat(event.path("type").textValue()).isEqualTo("job.completed");
        assertThat(event.at("/data/jobId").textValue()).isEqualTo("report-1");

        assertRefused(library, sent.text().replace("report-1", "report-2"), headers(sent));
        assertRefused(library, sent.text(), altered(sent, "webhook-id", "report-2/1-1"));
        assertRefused(
                library,
                sent.text(),
                altered(
                        sent,
                        "webhook-timestamp",
                        sent.header("webhook-timestamp").replaceFirst(".$", "x")));
    }

    @Test
    void libraryVerifiesWithTheOldAndTheNewSecretWhileTheyRotate() throws Exception {
        JsonNode endpoint = endpoint();
        String old = endpoint.path("secret").textValue();
        String path = "/webhooks/" + endpoint.path("id").textValue() + "/secret";
        JsonNode rotated = caller.ask("POST", path, "");
        String young = rotated.path("secret").textValue();
        assertThat(young).startsWith("whsec_").isNotEqualTo(old);
        assertThat(rotated.at("/previous/0/secret").textValue()).isEqualTo(old);

        Receiver.Request sent = sentFor("report-1");
        assertThat(sent.header("webhook-signature").split(" ")).hasSize(2);
        for (String secret : List.of(old, young)) {
            assertThatCode(() -> new Webhook(secret).verify(sent.text(), headers(sent)))
                    .doesNotThrowAnyException();
        }
        assertRefused(new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), sent.text(), headers(sent));
    }

    @Test
    void jobsOwnWebhookIsSignedWithItsSecretOrWithItsOwners() throws Exception {
        String own = "whsec_" + "QUFB".repeat(8);
        for (String secret : List.of(
                own, caller.ask("GET", "/webhooks/secret", "").path("secret").textValue())) {
            String given = secret.equals(own) ? ",\"secret\":\"" + own + "\"" : "";
            String jobId = "report-" + receiver.requests().size();
            caller.ask(
                    "PUT",
                    "/jobs/" + jobId,
                    "{\"type\":\"report\",\"webhook\":{\"url\":\"" + receiver.url("/own") + "\"" + given + "}}");
            caller.ask("POST", "/jobs/" + jobId + "/events", "{\"status\":\"completed\"}");
            Receiver.Request sent = await().atMost(SOON).until(() -> newest(jobId), request -> request != null);
            assertThatCode(() -> new Webhook(secret).verify(sent.text(), headers(sent)))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void webhookIdIsTheJobsIdAndTheIdOfTheEventThatStreamsSee() throws Exception {
        endpoint();
        Receiver.Request sent = sentFor("report-1");
        HttpRequest stream = HttpRequest.newBuilder(caller.http("/jobs/report-1/events"))
                .timeout(SOON)
                .build();
        String events = Caller.CLIENT.send(stream, BodyHandlers.ofString()).body();
        assertThat(events).contains("event: complete");
        String id = events.lines()
                .filter(line -> line.startsWith("id: "))
                .map(line -> line.substring("id: ".length()))
                .reduce("", (first, last) -> last);
        assertThat(sent.header("webhook-id")).isEqualTo("report-1/" + id);
    }

    private JsonNode endpoint() throws Exception {
        return caller.ask("POST", "/webhooks", "{\"url\":\"" + receiver.url("/all") + "\"}");
    }

    /** What was sent about a job that has ended. */
    private Receiver.Request sentFor(String jobId) throws Exception {
        caller.endJob(jobId);
        return await().atMost(SOON).until(() -> newest(jobId), request -> request != null);
    }

    private Receiver.Request newest(String jobId) {
        return receiver.requests().stream()
                .filter(request -> request.header("webhook-id").startsWith(jobId + "/"))
                .reduce(null, (first, last) -> last);
    }

    private static HttpHeaders headers(Receiver.Request sent) {
        return altered(sent, "unused", "");
    }

    private static HttpHeaders altered(Receiver.Request sent, String name, String value) {
        TreeMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sent.headers().forEach((header, text) -> headers.put(header, List.of(text)));
        headers.put(name, List.of(value));
        return HttpHeaders.of(headers, (header, text) -> true);
    }

    private static void assertRefused(Webhook library, String body, HttpHeaders headers) {
        assertThatThrownBy(() -> library.verify(body, headers)).isInstanceOf(WebhookVerificationException.class);
    }
}
