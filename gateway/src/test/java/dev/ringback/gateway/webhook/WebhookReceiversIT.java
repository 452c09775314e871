package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.store.Hmac;
import dev.ringback.gateway.webhook.ReceiverExample.Language;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The receivers of {@code docs/webhooks} take what the gateway sends, once, and nothing else. */
class WebhookReceiversIT {
    private static final String SECRET = "whsec_" + "QkJC".repeat(8);
    private static final String OTHER_SECRET = "whsec_" + "Q0ND".repeat(8);
    private static final int TOO_LARGE = 1024 * 1024 + 1;

    /** A request by hand: everything in it can be another's, another time's, or not there at all. */
    private record Forgery(String id, String timestamp, String signature, String body) {
        /** What the gateway might have sent so many seconds ago. */
        static Forgery genuine(String id, long secondsAgo) {
            return of(id, secondsAgo, "{\"type\":\"job.completed\",\"data\":{}}", SECRET);
        }

        static Forgery of(String id, long secondsAgo, String body, String secret) {
            String timestamp = Long.toString(Instant.now().getEpochSecond() - secondsAgo);
            byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
            byte[] mac = Hmac.of(key, (id + "." + timestamp + "." + body).getBytes(UTF_8));
            return new Forgery(id, timestamp, "v1," + Base64.getEncoder().encodeToString(mac), body);
        }

        Forgery withId(String other) {
            return new Forgery(other, timestamp, signature, body);
        }

        Forgery withTimestamp(String other) {
            return new Forgery(id, other, signature, body);
        }

        Forgery withSignature(String other) {
            return new Forgery(id, timestamp, other, body);
        }

        Forgery withBody(String other) {
            return new Forgery(id, timestamp, signature, other);
        }

        /** The status that the receiver answers with; 413 where it hangs up on what is too large. */
        int sendTo(ReceiverExample receiver) throws InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(receiver.url()))
                    .timeout(Duration.ofSeconds(20))
                    .POST(BodyPublishers.ofString(body));
            header(request, "webhook-id", id);
            header(request, "webhook-timestamp", timestamp);
            header(request, "webhook-signature", signature);
            try {
                return Caller.CLIENT
                        .send(request.build(), BodyHandlers.discarding())
                        .statusCode();
            } catch (IOException e) {
                return body.length() >= TOO_LARGE ? 413 : fail(receiver.printed(), e);
            }
        }

        private static void header(HttpRequest.Builder request, String name, String value) {
            if (!value.isEmpty()) {
                request.header(name, value);
            }
        }
    }

    /** A request, and the status that is due to it. */
    private record Trial(String name, Forgery sent, int status) {}

    private static List<Trial> refused() {
        Forgery genuine = Forgery.genuine("job-1/k-1", 0);
        String later = Long.toString(Long.parseLong(genuine.timestamp()) + 1);
        String otherHash = genuine.signature().replace("v1,", "v1,AAAA");
        return List.of(
                new Trial("another secret", Forgery.of("job-1/k-1", 0, genuine.body(), OTHER_SECRET), 401),
                new Trial("another body", genuine.withBody(genuine.body() + " "), 401),
                new Trial("another id", genuine.withId("job-2/k-1"), 401),
                new Trial("another time", genuine.withTimestamp(later), 401),
                new Trial("ten minutes old", Forgery.genuine("job-1/k-1", 600), 401),
                new Trial("ten minutes ahead", Forgery.genuine("job-1/k-1", -600), 401),
                new Trial("another signature", genuine.withSignature(otherHash), 401),
                new Trial("another length", genuine.withSignature("v1,AAAA"), 401),
                new Trial("nothing after v1", genuine.withSignature("v1,"), 401),
                new Trial(
                        "another version",
                        genuine.withSignature(genuine.signature().replace("v1,", "v2,")),
                        401),
                new Trial("no signature", genuine.withSignature(""), 400),
                new Trial("no id", genuine.withId(""), 400),
                new Trial("no time", genuine.withTimestamp(""), 400),
                new Trial("a time in words", genuine.withTimestamp("soon"), 400),
                new Trial("a time before 1970", genuine.withTimestamp("-5"), 400),
                new Trial("far too many digits", genuine.withTimestamp("9".repeat(40)), 400),
                new Trial("too large", Forgery.of("job-1/k-1", 0, "x".repeat(TOO_LARGE), SECRET), 413));
    }

    /** Each is acted on. */
    private static List<Trial> taken() {
        Forgery first = Forgery.genuine("job-3/k-1", 0);
        Forgery rotating = Forgery.genuine("job-4/k-1", 0);
        Forgery umlauts = Forgery.of("job-5/k-1", 0, "{\"type\":\"job.failed\",\"data\":{\"ü\":\"€\"}}", SECRET);
        return List.of(
                new Trial("as it was sent", first, 204),
                new Trial("signed twice", rotating.withSignature("v1,AAAA " + rotating.signature()), 204),
                new Trial("more than ASCII", umlauts, 204),
                new Trial("four minutes old", Forgery.genuine("job-6/k-1", 240), 204),
                new Trial("four minutes ahead", Forgery.genuine("job-7/k-1", -240), 204));
    }

    @ParameterizedTest
    @EnumSource
    void eachReceiverActsOnceOnWhatTheGatewaySendsAndSendsAgain(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        try (Caller caller = new Caller()) {
            JsonNode endpoint = caller.ask("POST", "/webhooks", "{\"url\":\"http://127.0.0.1:1/\"}");
            String path = "/webhooks/" + endpoint.path("id").textValue();
            try (ReceiverExample receiver =
                    ReceiverExample.start(language, endpoint.path("secret").textValue())) {
                caller.ask("PUT", path, "{\"url\":\"" + receiver.url() + "\"}");
                caller.endJob("report-1");
                JsonNode delivery = awaitDelivered(caller, 1);
                caller.ask("POST", "/webhooks/deliveries/" + delivery.path("id").textValue() + "/redeliver", "");
                JsonNode again = awaitDelivered(caller, 2);
                assertThat(receiver.events())
                        .as(receiver.printed())
                        .containsExactly(
                                "job.completed " + again.path("webhookId").textValue());
            }
        }
    }

    /** The only delivery, once a receiver has taken it so many times. */
    private static JsonNode awaitDelivered(Caller caller, int times) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> caller.ask("GET", "/webhooks/deliveries", "").at("/deliveries/0"),
                        delivery -> delivery.path("status").asText().equals("delivered")
                                && delivery.path("log").size() == times);
    }

    @ParameterizedTest
    @EnumSource
    void eachReceiverRefusesWhatIsForgedAlteredOrStaleAndIgnoresRepeats(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        try (ReceiverExample receiver = ReceiverExample.start(language, SECRET)) {
            List<String> wrong = new ArrayList<>();
            List<Trial> trials = new ArrayList<>(refused());
            trials.addAll(taken());
            trials.addAll(taken());
            for (Trial trial : trials) {
                int status = trial.sent().sendTo(receiver);
                if (status != trial.status()) {
                    wrong.add(trial.name() + ": " + status + " and not " + trial.status());
                }
            }
            assertThat(wrong).as(receiver.printed()).isEmpty();
            assertThat(receiver.events())
                    .containsExactly(
                            "job.completed job-3/k-1",
                            "job.completed job-4/k-1",
                            "job.failed job-5/k-1",
                            "job.completed job-6/k-1",
                            "job.completed job-7/k-1");
        }
    }
}
