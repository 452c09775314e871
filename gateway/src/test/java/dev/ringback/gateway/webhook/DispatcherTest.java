package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.Delivery.Status.DEAD;
import static dev.ringback.gateway.webhook.Delivery.Status.DELIVERED;
import static dev.ringback.gateway.webhook.Delivery.Status.PENDING;
import static dev.ringback.gateway.webhook.DispatcherUnderTest.START_MILLIS;
import static dev.ringback.gateway.webhook.DispatcherUnderTest.delivery;
import static dev.ringback.gateway.webhook.DispatcherUnderTest.toEndpoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is sent when, in virtual time. */
class DispatcherTest {
    private DispatcherUnderTest tested = new DispatcherUnderTest();

    // ── order and windows ──────────────────────────────────────────────────────────────────────────────────────

    @Test
    void deliveriesOfOneDestinationAreSentInTheOrderInWhichTheyBecameDue() {
        tested = new DispatcherUnderTest("concurrency=1");
        tested.receivers(request -> request.answer(204));
        tested.add(
                delivery("a.example", "third", WebhookEvent.COMPLETED, START_MILLIS - 10),
                delivery("a.example", "first", WebhookEvent.FAILED, START_MILLIS - 30),
                delivery("a.example", "second", WebhookEvent.CANCELLED, START_MILLIS - 20));
        tested.pass(100);

        assertThat(tested.bodies("a.example")).containsExactly("first", "second", "third");
        assertThat(tested.counters.delivered.sum()).isEqualTo(3);
    }

    @Test
    void newDestinationGetsOneRequestAndOneMoreWithEachSuccessUpToItsConcurrency() {
        tested = new DispatcherUnderTest("concurrency=4");
        tested.addMany("a.example", 100);
        for (int window : List.of(1, 2, 4, 4, 4)) {
            tested.pass(50);
            assertThat(tested.underWay()).hasSize(window);
            tested.answerAll(200);
        }
    }

    @Test
    void afterAFailureThereIsOneRequestAtATimeAgain() {
        tested.addMany("a.example", 100);
        for (int i = 0; i < 5; i++) {
            tested.pass(50);
            tested.answerAll(200);
        }
        tested.pass(50);
        assertThat(tested.underWay()).hasSize(8);

        List<DispatcherUnderTest.Request> underWay = tested.underWay();
        underWay.get(0).answer(500);
        underWay.subList(1, 8).forEach(request -> request.fail(Failure.RESET));
        tested.pass(50);
        assertThat(tested.underWay()).hasSize(1);
    }

    // ── room ───────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void deadDestinationsHoldOnePlaceEachHalfOfAllAtMostAndTheOthersTheRest() {
        tested = new DispatcherUnderTest("in-flight=10");
        tested.add(delivery("alive.example", "proof"));
        tested.pass(50);
        tested.answerAll(204);
        for (int i = 0; i < 9; i++) {
            tested.addMany("dead" + i + ".example", 50);
        }
        tested.pass(50);
        tested.receivers(request -> {
            if (!request.host().startsWith("dead")) {
                request.answer(204);
            }
        });
        tested.addMany("alive.example", 500);
        tested.pass(1_000);

        assertThat(tested.requests("alive.example")).hasSize(501);
        assertThat(tested.underWay()).hasSize(5);
        assertThat(tested.dispatcher.inFlight()).isEqualTo(5);
    }

    @Test
    void noMoreIsUnderWayThanThereIsRoomForAndThoseWhoWaitedGetItInTurn() {
        tested = new DispatcherUnderTest("in-flight=6");
        for (int i = 0; i < 6; i++) {
            tested.addMany("r" + i + ".example", 1);
        }
        tested.pass(50);
        assertThat(tested.underWay()).hasSize(3);

        tested.answerAll(204);
        tested.pass(50);
        assertThat(tested.underWay()).hasSize(3);
        assertThat(tested.requests().stream().map(DispatcherUnderTest.Request::host))
                .doesNotHaveDuplicates()
                .hasSize(6);
    }

    @Test
    void roomThatTheFirstInLineCanNotUseGoesToTheNext() {
        tested = new DispatcherUnderTest("in-flight=1", "circuit-failures=1");
        tested.addMany("a.example", 5);
        tested.pass(50);
        tested.answerAll(204);
        tested.pass(50);
        tested.addMany("b.example", 1);
        tested.pass(50);
        assertThat(tested.underWay("a.example")).hasSize(1);

        tested.answerAll(500);
        tested.pass(50);
        assertThat(tested.underWay("b.example")).hasSize(1);
    }

    // ── schedule, pauses, circuit ──────────────────────────────────────────────────────────────────────────────

    @Test
    void failedDeliveryIsTriedPerScheduleAndThenGivenUp() {
        tested = new DispatcherUnderTest("schedule=[0s, 5s, 60s]");
        tested.receivers(request -> request.answer(500));
        Delivery delivery = delivery("a.example", "job");
        tested.add(delivery);
        tested.pass(4_000);
        assertThat(tested.find(delivery).status()).isEqualTo(PENDING);
        tested.pass(100_000);

        List<Long> times = tested.requests().stream()
                .map(request -> request.atMillis() - START_MILLIS)
                .toList();
        assertThat(times).hasSize(3);
        assertThat(times.get(0)).isLessThan(500);
        assertThat(times.get(1)).isBetween(5_000L, 5_500L);
        assertThat(times.get(2)).isBetween(65_000L, 66_000L);
        assertThat(tested.find(delivery).status()).isEqualTo(DEAD);
        assertThat(tested.find(delivery).log())
                .extracting(Delivery.Attempt::failure)
                .containsExactly("http_500", "http_500", "http_500");
        assertThat(tested.counters.dead.sum()).isEqualTo(1);
        assertThat(tested.counters.retried.sum()).isEqualTo(2);
    }

    @Test
    void receiverThatAsksForTimeGetsNothingElseMeanwhile() {
        tested = new DispatcherUnderTest("schedule=[0s, 1s, 1s]");
        tested.addMany("a.example", 3);
        tested.pass(50);
        tested.underWay().get(0).answer(429, "30");
        tested.receivers(request -> request.answer(204));
        tested.add(delivery("a.example", "later"));
        tested.pass(29_500);
        assertThat(tested.requests()).hasSize(1);

        tested.pass(1_500);
        assertThat(tested.bodies("a.example")).hasSize(5).containsOnlyOnce("later", "00001", "00002");
        assertThat(tested.store.pending()).isZero();
    }

    @Test
    void circuitOpensAfterSoManyFailuresAndEachTrialThatFailsDoublesTheTime() {
        tested = new DispatcherUnderTest("circuit-failures=3", "circuit-open=10s", "schedule=[0s, 1h]");
        tested.receivers(request -> request.fail(Failure.CONNECT));
        tested.addMany("a.example", 10);
        tested.pass(9_500);
        assertThat(tested.requests()).hasSize(3);
        assertThat(tested.dispatcher.openCircuits()).isEqualTo(1);

        tested.pass(1_500);
        assertThat(tested.requests()).hasSize(4);
        tested.pass(18_000);
        assertThat(tested.requests()).hasSize(4);
        tested.receivers(request -> request.answer(204));
        tested.pass(2_500);
        assertThat(tested.requests()).hasSize(10);
        assertThat(tested.dispatcher.openCircuits()).isZero();
        assertThat(tested.counters.circuitsOpened.sum()).isEqualTo(2);
    }

    @Test
    void refusalIsFinalAndSaysNothingAgainstTheReceiver() {
        tested = new DispatcherUnderTest("circuit-failures=1");
        tested.receivers(request -> request.answer(422));
        tested.addMany("a.example", 20);
        tested.pass(1_000);

        assertThat(tested.requests()).hasSize(20);
        assertThat(tested.counters.dead.sum()).isEqualTo(20);
        assertThat(tested.counters.circuitsOpened.sum()).isZero();
    }

    // ── what is not sent ───────────────────────────────────────────────────────────────────────────────────────

    @Test
    void progressThatFailedIsForgottenAndTheEndIsTriedAgain() {
        tested.receivers(request -> request.answer(500));
        Delivery progress = delivery("a.example", "job-progress", WebhookEvent.PROGRESS, START_MILLIS);
        Delivery end = delivery("b.example", "job-end");
        tested.add(progress, end);
        tested.pass(100);

        assertThat(tested.isThere(progress)).isFalse();
        assertThat(tested.find(end).status()).isEqualTo(PENDING);
        assertThat(tested.counters.superseded.sum()).isEqualTo(1);
        tested.pass(20_000);
        assertThat(tested.requests("a.example")).hasSize(1);
    }

    @Test
    void progressIsNotSentOnceTheEndOfItsJobIsThereToo() {
        tested.receivers(request -> request.answer(204));
        Delivery old = delivery("a.example", "job-progress", WebhookEvent.PROGRESS, START_MILLIS - 10);
        Delivery other = delivery("a.example", "other-progress", WebhookEvent.PROGRESS, START_MILLIS - 10);
        tested.add(old, other, delivery("a.example", "job-end"));
        tested.pass(100);

        assertThat(tested.bodies("a.example")).containsExactlyInAnyOrder("other-progress", "job-end");
        assertThat(tested.isThere(old)).isFalse();
        assertThat(tested.find(other).status()).isEqualTo(DELIVERED);
    }

    @Test
    void endpointThatIsGoneIsDisabledAndWhatWaitsForItIsGivenUp() {
        tested.endpoint("ep-1");
        Delivery first = toEndpoint("ep-1", "a");
        Delivery second = toEndpoint("ep-1", "b");
        tested.add(first, second);
        tested.pass(50);
        tested.underWay().get(0).answer(410);
        tested.pass(100);

        assertThat(tested.requests()).hasSize(1);
        assertThat(tested.failure(first)).isEqualTo("http_410");
        assertThat(tested.failure(second)).isEqualTo("disabled");
        assertThat(tested.find(second).status()).isEqualTo(DEAD);
        assertThat(WebhooksFixture.get(tested.store.endpoints()).get(0).disabled())
                .contains("410");
        assertThat(tested.counters.disabled.sum()).isEqualTo(1);
    }

    @Test
    void deliveriesToAnEndpointThatWasRemovedAreGivenUpHoweverManyTheyAre() {
        Delivery[] many = IntStream.range(0, 5_000)
                .mapToObj(i -> toEndpoint("ep-gone", "job" + i))
                .toArray(Delivery[]::new);
        tested.add(many);
        tested.pass(1_000);

        assertThat(tested.requests()).isEmpty();
        assertThat(tested.counters.dead.sum()).isEqualTo(many.length);
        assertThat(tested.failure(many[0])).isEqualTo("removed");
        assertThat(tested.failure(many[many.length - 1])).isEqualTo("removed");
    }

    @Test
    void addressesThatMayNotBeCalledEndDeliveriesAtOnceHoweverManyTheyAre() {
        tested = new DispatcherUnderTest("circuit-failures=1000000");
        tested.receivers(request -> request.fail(Failure.DENIED));
        tested.addMany("inside.example", 5_000);
        tested.pass(1_000);

        assertThat(tested.counters.dead.sum()).isEqualTo(5_000);
    }

    @Test
    void deliveryThatNobodyCouldTryForDaysIsGivenUp() {
        long longAgo = TimeUnit.DAYS.toMillis(3) + TimeUnit.HOURS.toMillis(30);
        Delivery old = delivery("a.example", "old", WebhookEvent.COMPLETED, START_MILLIS - longAgo - 1_000_000_000);
        Delivery late = delivery("a.example", "late", WebhookEvent.COMPLETED, START_MILLIS - longAgo / 2);
        tested.receivers(request -> request.answer(204));
        tested.add(old, late);
        tested.pass(100);

        assertThat(tested.bodies("a.example")).containsExactly("late");
        assertThat(tested.failure(old)).isEqualTo("overdue");
    }

    @Test
    void anEndBecomesDeliveriesWithoutWaitingForTheNextLook() {
        tested.endpoint("ep-1");
        tested.receivers(request -> request.answer(204));
        tested.pass(1_000);
        tested.event(DeliveryMakerTest.event("job-1", "alice", "report", null));
        tested.pass(10);

        assertThat(tested.requests("ep-1.example")).hasSize(1);
        assertThat(tested.store.waiting()).isZero();
    }

    @Test
    void allThatIsAddedIsSentOnce() {
        tested.receivers(request -> request.answer(204));
        String[] hosts = {"a.example", "b.example", "c.example"};
        Arrays.stream(hosts).forEach(host -> tested.addMany(host, 1_000));
        tested.pass(2_000);

        for (String host : hosts) {
            assertThat(tested.bodies(host)).hasSize(1_000).doesNotHaveDuplicates();
        }
        assertThat(tested.store.pending()).isZero();
    }
}
