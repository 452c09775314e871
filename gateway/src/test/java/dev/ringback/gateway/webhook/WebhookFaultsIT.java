package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.testkit.Receiver.answer;
import static dev.ringback.gateway.testkit.Receiver.both;
import static dev.ringback.gateway.testkit.Receiver.endless;
import static dev.ringback.gateway.testkit.Receiver.hangUp;
import static dev.ringback.gateway.testkit.Receiver.headOnly;
import static dev.ringback.gateway.testkit.Receiver.large;
import static dev.ringback.gateway.testkit.Receiver.never;
import static dev.ringback.gateway.testkit.Receiver.raw;
import static dev.ringback.gateway.testkit.Receiver.reset;
import static dev.ringback.gateway.testkit.Receiver.status;
import static dev.ringback.gateway.webhook.WebhookCaller.eventually;
import static dev.ringback.gateway.webhook.WebhookCaller.failures;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.Receiver.Behaviour;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens when receivers do not do what they should: the table of docs/guarantees.md for webhooks, with three attempts. */
@Tag("conformance")
class WebhookFaultsIT {
    private static TestGateway gateway;
    private static WebhookCaller caller;

    @BeforeAll
    static void startGateway() {
        gateway = TestGateway.start(WebhookCaller.local(
                "webhook.schedule=[0s, 100ms, 200ms]",
                "webhook.jitter-percent=0",
                "webhook.timeout=700ms",
                "webhook.connect-timeout=500ms"));
        caller = new WebhookCaller(gateway);
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
    }

    /**
     * What a receiver does to each request, and what becomes of the delivery.
     *
     * @param failure of each attempt; empty where it is delivered
     */
    record Row(String name, Behaviour behaviour, int attempts, String failure) {
        static Row delivered(String name, Behaviour behaviour) {
            return new Row(name, behaviour, 1, "");
        }

        static Row retried(String name, Behaviour behaviour, String failure) {
            return new Row(name, behaviour, 3, failure);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        String partial = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome";
        List<Row> rows = new ArrayList<>(List.of(
                Row.delivered("resets after the head", both(raw(partial), reset())),
                Row.delivered("resets after the body", both(answer(200, "taken"), reset())),
                Row.delivered("sends a head and no body", headOnly(202)),
                Row.delivered("sends ten megabytes", large(200, 10 << 20)),
                Row.delivered("sends without end", endless(200)),
                Row.retried("resets before an answer", reset(), "reset"),
                Row.retried("hangs up before an answer", hangUp(), "reset"),
                Row.retried("answers nothing in time", never(), "timeout"),
                Row.retried("answers nonsense", both(raw("nonsense\r\n\r\n"), hangUp()), "malformed")));
        IntStream.of(200, 201, 202, 204).forEach(code -> rows.add(Row.delivered("answers " + code, status(code))));
        IntStream.of(408, 409, 425, 429, 500, 502, 503, 504)
                .forEach(code -> rows.add(Row.retried("answers " + code, status(code), "http_" + code)));
        IntStream.of(400, 401, 403, 404, 410, 413, 422)
                .forEach(code -> rows.add(new Row("answers " + code, status(code), 1, "http_" + code)));
        IntStream.of(301, 302, 303, 307, 308)
                .forEach(code -> rows.add(
                        Row.retried("redirects by " + code, status(code, "Location", "/elsewhere"), "http_" + code)));
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void receiver(Row row) {
        String job = "job-" + row.name().replace(' ', '-');
        try (Receiver receiver = Receiver.start().otherwise(row.behaviour())) {
            caller.submitAndEnd(job, receiver.url("/hook"));
            JsonNode delivery = caller.await(job, row.failure().isEmpty() ? "delivered" : "dead");

            assertThat(failures(delivery)).isEqualTo(Collections.nCopies(row.attempts(), row.failure()));
            assertThat(delivery.path("attempts").asInt()).isEqualTo(row.attempts());
            assertThat(receiver.requests()).hasSize(row.attempts());
            for (Receiver.Request request : receiver.requests()) {
                assertThat(request.method()).isEqualTo("POST");
                assertThat(request.target()).isEqualTo("/hook");
                assertThat(request.header("webhook-id"))
                        .isEqualTo(delivery.path("webhookId").asText());
                assertThat(request.text()).contains("\"type\":\"job.completed\"", job);
                WebhookCaller.assertSigned(request, WebhookCaller.SECRET);
            }
        }
    }

    @Test
    void receiverThatIsDownIsTriedPerScheduleAndWhatItMissedCanBeSentAgainWhenItIsBack() {
        int port = RedisProcess.freePort();
        String url = "http://127.0.0.1:" + port + "/hook";
        caller.submitAndEnd("down", url);
        JsonNode dead = caller.await("down", "dead");
        assertThat(failures(dead)).containsExactly("connect", "connect", "connect");
        List<Instant> at = times(dead);
        assertThat(Duration.between(at.get(0), at.get(1))).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(Duration.between(at.get(1), at.get(2))).isGreaterThanOrEqualTo(Duration.ofMillis(200));

        try (Receiver back = Receiver.start(port)) {
            String id = dead.path("id").asText();
            caller.send("POST", "/webhooks/deliveries/" + id + "/redeliver", "").is(202);
            JsonNode delivered = caller.await("down", "delivered");
            assertThat(delivered.path("id").asText()).isEqualTo(id);
            assertThat(failures(delivered)).containsExactly("connect", "connect", "connect", "");
            assertThat(back.requests().get(0).header("webhook-id"))
                    .isEqualTo(dead.path("webhookId").asText());
        }
    }

    private static List<Instant> times(JsonNode delivery) {
        List<Instant> times = new ArrayList<>();
        delivery.path("log")
                .forEach(attempt -> times.add(Instant.parse(attempt.path("at").asText())));
        return times;
    }

    static Stream<Behaviour> askForTime() {
        return Stream.of(
                status(503, "Retry-After", "2"),
                status(429, "Retry-After", "2"),
                line -> status(429, "Retry-After", inSeconds(3)).answer(line));
    }

    private static String inSeconds(int seconds) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(seconds));
    }

    @ParameterizedTest
    @MethodSource("askForTime")
    void receiverThatAsksForTimeGetsItAndNothingElseMeanwhile(Behaviour askForTime) {
        try (Receiver receiver = Receiver.start().next(askForTime)) {
            String job = "busy-" + receiver.port();
            caller.submitAndEnd(job, receiver.url("/1"));
            eventually(() -> assertThat(receiver.requests()).hasSize(1));
            caller.submitAndEnd(job + "-next", receiver.url("/2"));
            await().during(Duration.ofMillis(800))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> receiver.requests().size() == 1);

            List<Instant> at = times(caller.await(job, "delivered"));
            Instant next = times(caller.await(job + "-next", "delivered")).get(0);
            assertThat(Duration.between(at.get(0), at.get(1))).isGreaterThan(Duration.ofMillis(1_900));
            assertThat(Duration.between(at.get(0), next)).isGreaterThan(Duration.ofMillis(1_900));
        }
    }

    @Test
    void deadReceiversDelayNobodyElse() {
        List<Receiver> dead = new ArrayList<>();
        try (Receiver alive = Receiver.start();
                TestGateway small = TestGateway.start(WebhookCaller.local("webhook.in-flight=10"))) {
            WebhookCaller callerOfSmall = new WebhookCaller(small);
            callerOfSmall.submitAndEnd("proof", alive.url("/"));
            callerOfSmall.await("proof", "delivered");
            for (int i = 0; i < 5; i++) {
                Receiver never = Receiver.start().otherwise(never());
                dead.add(never);
                for (int job = 0; job < 5; job++) {
                    callerOfSmall.submitAndEnd("dead-" + i + "-" + job, never.url("/"));
                }
            }
            eventually(() -> assertThat(dead).allMatch(never -> never.requests().size() == 1));
            for (int job = 0; job < 50; job++) {
                callerOfSmall.submitAndEnd("alive-" + job, alive.url("/"));
            }
            eventually(() -> assertThat(alive.requests()).hasSize(51));
            assertThat(dead).allMatch(never -> never.requests().size() == 1);
        } finally {
            dead.forEach(Receiver::close);
        }
    }

    @Test
    void circuitOpensIsTriedAndClosesAndOperatorsSeeIt() {
        try (Receiver receiver = Receiver.start().otherwise(status(500));
                GatewayProcess process = GatewayProcess.start(
                        WebhookCaller.local("webhook.circuit-failures=10", "webhook.circuit-open=2s"))) {
            WebhookCaller callerOfProcess = new WebhookCaller(process);
            for (int job = 0; job < 15; job++) {
                callerOfProcess.submitAndEnd("job-" + job, receiver.url("/"));
            }
            eventually(() ->
                    assertThat(process.metric("ringback_webhook_circuits_open")).isEqualTo(1));
            assertThat(receiver.requests()).hasSize(10);
            assertThat(process.output()).contains("10 failures in a row, the last http_500");

            receiver.otherwise(status(204));
            eventually(() ->
                    assertThat(process.metric("ringback_webhook_circuits_open")).isZero());
            eventually(() -> assertThat(process.metric("ringback_webhook_delivered_total"))
                    .isGreaterThanOrEqualTo(5));
            assertThat(process.metric("ringback_webhook_circuits_opened_total")).isEqualTo(1);
            assertThat(process.output()).contains("the receiver answers again, the circuit is closed");
        }
    }

    @Test
    void answersOfAnySizeTakeLittleMemory() {
        try (Receiver receiver = Receiver.start().otherwise(large(200, 10 << 20));
                GatewayProcess process = GatewayProcess.start(WebhookCaller.local())) {
            WebhookCaller callerOfProcess = new WebhookCaller(process);
            for (int job = 0; job < 60; job++) {
                callerOfProcess.submitAndEnd("job-" + job, receiver.url("/"));
            }
            eventually(() -> assertThat(process.metric("ringback_webhook_delivered_total"))
                    .isEqualTo(60));
            assertThat(process.metric("ringback_direct_used_bytes")).isLessThan(64e6);
        }
    }
}
