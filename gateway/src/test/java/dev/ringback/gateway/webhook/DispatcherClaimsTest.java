package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.Delivery.Status.DELIVERED;
import static dev.ringback.gateway.webhook.Delivery.Status.PENDING;
import static dev.ringback.gateway.webhook.DispatcherUnderTest.delivery;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.webhook.UnreliableWebhookStore.Mood;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** For which destinations a dispatcher works, and what it does when the store is not there. Virtual time. */
class DispatcherClaimsTest {
    private static final String A = "https://a.example:443";

    private DispatcherUnderTest tested = new DispatcherUnderTest();

    @Test
    void claimIsKeptAsLongAsARequestIsUnderWayAndGivenBackSoonAfterTheLast() {
        tested.addMany("a.example", 2);
        tested.pass(25_000);
        assertThat(tested.claimable()).isEmpty();
        assertThat(tested.requests()).hasSize(1);

        tested.receivers(request -> request.answer(204));
        tested.answerAll(204);
        tested.pass(500);
        assertThat(tested.store.released()).isEmpty();
        tested.pass(2_000);
        assertThat(tested.store.released()).containsExactly(A);
        assertThat(tested.dispatcher.destinations()).isZero();
    }

    @Test
    void nothingMoreIsSentWhereAClaimIsLostAndWhatWasUnderWayIsSettled() {
        tested.addMany("a.example", 5);
        tested.pass(50);
        tested.store.losesClaims = true;
        tested.pass(4_000);
        assertThat(tested.requests()).hasSize(1);

        tested.answerAll(204);
        tested.pass(4_000);
        assertThat(tested.requests()).hasSize(1);
        assertThat(tested.find(delivery("a.example", "00000")).status()).isEqualTo(DELIVERED);
        assertThat(tested.store.pending()).isEqualTo(4);

        tested.store.losesClaims = false;
        tested.receivers(request -> request.answer(204));
        tested.pass(20_000);
        assertThat(tested.bodies("a.example")).containsExactly("00000", "00001", "00002", "00003", "00004");
    }

    @ParameterizedTest
    @EnumSource(names = {"AWAY", "SILENT"})
    void nothingIsSentOnceTheStoreIsAwayForLongerThanTheLease(Mood mood) {
        tested = new DispatcherUnderTest("concurrency=1");
        tested.addMany("a.example", 10);
        tested.pass(50);
        tested.store.mood = mood;
        for (int sent = 1; sent <= 3; sent++) {
            assertThat(tested.requests()).hasSize(sent);
            tested.pass(3_950);
            tested.answerAll(204);
            tested.pass(50);
        }
        tested.pass(10_000);
        assertThat(tested.requests()).hasSize(3);
    }

    @Test
    void storeThatComesBackIsToldWhatCameOfItAndNothingIsSentTwice() {
        tested = new DispatcherUnderTest("concurrency=1");
        tested.addMany("a.example", 60);
        tested.pass(50);
        tested.store.mood = Mood.AWAY;
        for (int second = 0; second < 20; second++) {
            tested.answerAll(204);
            tested.pass(1_000);
        }
        tested.store.mood = Mood.WELL;
        tested.receivers(request -> request.answer(204));
        tested.answerAll(204);
        tested.pass(15_000);

        assertThat(tested.store.pending()).isZero();
        assertThat(tested.bodies("a.example")).hasSize(60).doesNotHaveDuplicates();
        assertThat(tested.counters.storeFailures.sum()).isPositive();
    }

    @Test
    void resultThatCanNotBeWrittenIsWrittenLaterAndTheDeliveryIsNotSentTwiceMeanwhile() {
        tested.store.settling = Mood.AWAY;
        tested.receivers(request -> request.answer(204));
        Delivery delivery = delivery("a.example", "job");
        tested.add(delivery);
        tested.pass(30_000);
        assertThat(tested.requests()).hasSize(1);
        assertThat(tested.find(delivery).status()).isEqualTo(PENDING);

        tested.store.settling = Mood.WELL;
        tested.pass(1_000);
        assertThat(tested.requests()).hasSize(1);
        assertThat(tested.find(delivery).status()).isEqualTo(DELIVERED);
    }

    @Test
    void whatWasPurgedWhileItWasUnderWayStaysAway() {
        Delivery delivery = delivery("a.example", "job");
        tested.add(delivery);
        tested.pass(50);
        WebhooksFixture.get(tested.store.purge(List.of(delivery.id())));
        tested.answerAll(500);
        tested.pass(20_000);

        assertThat(tested.isThere(delivery)).isFalse();
        assertThat(tested.requests()).hasSize(1);
    }

    @Test
    void stoppingWaitsForWhatIsUnderWayAndWritesItAndGivesEverythingBack() {
        tested.addMany("a.example", 3);
        tested.addMany("b.example", 1);
        tested.pass(50);
        tested.store.settling = Mood.AWAY;
        CompletableFuture<Void> stopped = tested.dispatcher.stop().toCompletableFuture();
        tested.pass(5_000);
        assertThat(stopped).isNotDone();
        assertThat(tested.underWay()).hasSize(2);

        tested.answerAll(204);
        tested.pass(1_000);
        assertThat(stopped).isNotDone();
        tested.store.settling = Mood.WELL;
        tested.pass(1_000);
        assertThat(stopped).isCompleted();
        assertThat(tested.requests()).hasSize(2);
        assertThat(tested.find(delivery("a.example", "00000")).status()).isEqualTo(DELIVERED);
        assertThat(tested.store.released()).containsExactlyInAnyOrder(A, "https://b.example:443");
        assertThat(tested.claimable()).containsExactly(A);
    }

    @Test
    void stoppingWithNothingUnderWayEndsAtOnceAndNothingIsBegunAfterwards() {
        assertThat(tested.dispatcher.stop().toCompletableFuture()).isCompleted();
        tested.addMany("a.example", 3);
        tested.pass(5_000);
        assertThat(tested.requests()).isEmpty();
        assertThat(tested.claimable()).containsExactly(A);
    }
}
