package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.DispatcherUnderTest.START_MILLIS;
import static dev.ringback.gateway.webhook.DispatcherUnderTest.delivery;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.webhook.Delivery.Status;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each status and each failure means. */
class OutcomeTest {
    private static final long NOW = START_MILLIS + 400;
    private static final Schedule SCHEDULE = new Schedule(
            GatewayConfig.of("webhook.schedule=[0s, 5s]", "webhook.jitter-percent=0")
                    .webhook(),
            new Random(0));

    private static Outcome of(Delivery before, Answer answer) {
        return Outcome.of(before, answer, START_MILLIS, NOW, SCHEDULE);
    }

    private static Outcome of(int status, @Nullable String retryAfter) {
        return of(delivery("a.example", "job"), new Answer(status, null, null, retryAfter, "text", 7_000_000));
    }

    private static String failure(Outcome outcome) {
        return String.valueOf(outcome.delivery().log().get(0).failure());
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void twoHundredsAreDelivered(int status) {
        Outcome outcome = of(status, "50");
        assertThat(outcome.delivery().status()).isEqualTo(Status.DELIVERED);
        assertThat(outcome.delivery().attempts()).isEqualTo(1);
        assertThat(outcome.delivery().log()).containsExactly(new Delivery.Attempt(START_MILLIS, 7, status, null, null));
        assertThat(outcome.isWell()).isTrue();
        assertThat(outcome.isGone()).isFalse();
        assertThat(outcome.pauseMillis()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 415, 422, 431, 451, 499})
    void otherFourHundredsAreFinal(int status) {
        Outcome outcome = of(status, "50");
        assertThat(outcome.delivery().status()).isEqualTo(Status.DEAD);
        assertThat(failure(outcome)).isEqualTo("http_" + status);
        assertThat(outcome.isWell()).isTrue();
        assertThat(outcome.isGone()).isEqualTo(status == 410);
        assertThat(outcome.pauseMillis()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 425, 429, 500, 501, 502, 503, 504, 599, 301, 302, 303, 304, 307, 308, 100, 199, 600})
    void everythingElseIsTriedAgainAndCountsAgainstTheReceiver(int status) {
        Outcome outcome = of(status, null);
        assertThat(outcome.delivery().status()).isEqualTo(Status.PENDING);
        assertThat(outcome.delivery().dueMillis()).isEqualTo(NOW + 5_000);
        assertThat(failure(outcome)).isEqualTo("http_" + status);
        assertThat(outcome.isWell()).isFalse();
        assertThat(outcome.pauseMillis()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void attemptsWithoutAnAnswerAreTriedAgainUnlessTheAddressMayNotBeCalled(Failure failure) {
        Outcome outcome = of(delivery("a.example", "job"), new Answer(0, failure, "why", null, "", 0));
        assertThat(outcome.delivery().status()).isEqualTo(failure == Failure.DENIED ? Status.DEAD : Status.PENDING);
        assertThat(failure(outcome)).isEqualTo(failure.name().toLowerCase(Locale.ROOT));
        assertThat(outcome.delivery().log().get(0).detail()).isEqualTo("why");
        assertThat(outcome.isWell()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "429, 60, 60000, 60000",
        "503, 60, 60000, 60000",
        "503, 2, 5000, 2000",
        "500, 60, 60000, 0",
        "301, 60, 60000, 0"
    })
    void retryAfterPutsItOffAndBusyReceiversAreLeftAlone(int status, String retryAfter, long due, long pause) {
        Outcome outcome = of(status, retryAfter);
        assertThat(outcome.delivery().dueMillis()).isEqualTo(NOW + due);
        assertThat(outcome.pauseMillis()).isEqualTo(pause);
    }

    @Test
    void lastAttemptOfTheScheduleIsFinal() {
        Outcome first = of(500, null);
        Outcome last = of(first.delivery(), new Answer(503, null, null, "60", "", 0));
        assertThat(last.delivery().status()).isEqualTo(Status.DEAD);
        assertThat(last.delivery().attempts()).isEqualTo(2);
        assertThat(last.delivery().log()).hasSize(2);
        assertThat(last.pauseMillis()).isEqualTo(60_000);
    }

    @Test
    void testEventIsTriedOnce() {
        Delivery test = delivery("a.example", "job", WebhookEvent.TEST, START_MILLIS);
        assertThat(of(test, new Answer(500, null, null, null, "", 0)).delivery().status())
                .isEqualTo(Status.DEAD);
        assertThat(of(test, new Answer(204, null, null, null, "", 0)).delivery().status())
                .isEqualTo(Status.DELIVERED);
    }

    @Test
    void ofTheAnswersBodyTheFirstCharactersAreKept() {
        Answer long500 = new Answer(500, null, null, null, "x".repeat(1_000), 0);
        assertThat(of(delivery("a.example", "job"), long500)
                        .delivery()
                        .log()
                        .get(0)
                        .detail())
                .isEqualTo("x".repeat(256));
        Answer empty = new Answer(500, null, null, null, "", 0);
        assertThat(of(delivery("a.example", "job"), empty)
                        .delivery()
                        .log()
                        .get(0)
                        .detail())
                .isNull();
    }

    @Test
    void logKeepsTheLatestAttemptsAndTheCountAll() {
        Delivery delivery = delivery("a.example", "job");
        for (int i = 0; i < 25; i++) {
            delivery = delivery.after(new Delivery.Attempt(i, 0, 500, "http_500", null), Status.PENDING, i);
        }
        assertThat(delivery.attempts()).isEqualTo(25);
        assertThat(delivery.log()).hasSize(20);
        assertThat(delivery.log().get(19).atMillis()).isEqualTo(24);
        assertThat(delivery.again(99).attempts()).isZero();
        assertThat(delivery.again(99).log()).hasSize(20);
    }
}
