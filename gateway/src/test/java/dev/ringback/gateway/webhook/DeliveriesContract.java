package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.Delivery.Status.DEAD;
import static dev.ringback.gateway.webhook.Delivery.Status.DELIVERED;
import static dev.ringback.gateway.webhook.Delivery.Status.PENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringback.gateway.webhook.WebhookStore.Due;
import dev.ringback.gateway.webhook.WebhookStore.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link WebhookStore} does with deliveries: how they come, stand, are sent again, and how many one destination may have.
 * A kind of stores is tested by a subclass, as with {@link WebhookStoreContract}.
 */
abstract class DeliveriesContract extends WebhooksFixture {
    @Test
    void deliveryIsAsItWasAdded() {
        Delivery added = delivery("wd_1", "ep_1", 0);
        Delivery.Sent sent = added.sent();
        Delivery bare = Delivery.due(
                "wd_2",
                new Delivery.Sent(
                        "x/y", "https://a.example", null, null, "u", null, WebhookEvent.TEST, "", 1, bytes("{}")));
        add(added, bare);

        assertThat(get(store().delivery("wd_1"))).usingRecursiveComparison().isEqualTo(added);
        assertThat(get(store().delivery("wd_2"))).usingRecursiveComparison().isEqualTo(bare);
        assertThat(get(store().delivery("wd_3"))).isNull();
        assertThat(get(store().due("ep_1", 5, Set.of())).deliveries())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(Delivery.due("wd_1", sent));
        awaitThat(() -> assertThat(store().pending()).isEqualTo(2));
    }

    @Test
    void eventBecomesDeliveriesOnceOnly() {
        create("a", HOOK);
        end("a");
        Waiting waiting = outbox().get(0);
        get(store().add(waiting.name(), List.of(delivery("wd_1", "ep_1", 0), delivery("wd_2", "ep_2", 0))));
        assertThat(outbox()).isEmpty();

        get(store().add(waiting.name(), List.of(delivery("wd_3", "ep_1", 0))));
        get(store().add("12345-0", List.of(delivery("wd_4", "ep_1", 0))));

        assertThat(due("ep_1")).containsExactly("wd_1");
        assertThat(due("ep_2")).containsExactly("wd_2");
    }

    @Test
    void deliveryThatIsThereStaysAsItIs() {
        Delivery first = delivery("wd_1", "ep_1", 0);
        add(first);
        Delivery delivered = after(first, DELIVERED, 0);
        settle(delivered);
        add(first, delivery("wd_2", "ep_1", 0));

        assertThat(get(store().delivery("wd_1"))).usingRecursiveComparison().isEqualTo(delivered);
        assertThat(due("ep_1")).containsExactly("wd_2");
    }

    @Test
    void deliveriesAreDueInTheOrderOfTheirTimeAndThenAsTheyWereAdded() {
        long now = tested.nowMillis();
        Delivery late = delivery("wd_a", "ep_1", "alice", now - 5_000);
        Delivery early = delivery("wd_b", "ep_1", "alice", now - 9_000);
        Delivery retried = delivery("wd_c", "ep_1", "alice", now - 10_000);
        Delivery later = delivery("wd_d", "ep_1", "alice", now - 10_000);
        add(late, early, retried, later, delivery("wd_e", "ep_2", -1));
        settle(after(retried, PENDING, now - 5_000), after(later, PENDING, now + 600_000));

        Due due = get(store().due("ep_1", 100, Set.of()));
        assertThat(ids(due.deliveries())).containsExactly("wd_b", "wd_a", "wd_c");
        assertThat(due.nextMillis()).isEqualTo(now + 600_000);
        assertThat(due("ep_1")).isEqualTo(ids(due.deliveries()));
        assertThat(ids(get(store().due("ep_1", 2, Set.of())).deliveries())).containsExactly("wd_b", "wd_a");
        assertThat(ids(get(store().due("ep_1", 1, Set.of("wd_b", "wd_9"))).deliveries()))
                .as("those that the caller has are left out")
                .containsExactly("wd_a");
        assertThat(get(store().due("ep_1", 9, Set.of("wd_a", "wd_b", "wd_c"))).deliveries())
                .isEmpty();
        assertThat(get(store().due("ep_2", 100, Set.of())).nextMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(get(store().due("ep_3", 100, Set.of()))).isEqualTo(new Due(List.of(), Long.MAX_VALUE));
    }

    @Test
    void settledDeliveryIsAsItStandsNow() {
        Delivery first = delivery("wd_1", "ep_1", 0);
        Delivery second = delivery("wd_2", "ep_1", 0);
        add(first, second);
        Delivery later = after(first, PENDING, tested.nowMillis() + 700);
        settle(later, after(second, DEAD, 0));
        assertThat(due("ep_1")).isEmpty();
        assertThat(get(store().delivery("wd_1"))).usingRecursiveComparison().isEqualTo(later);
        awaitThat(() -> assertThat(store().pending()).isEqualTo(1));

        tested.pass(Duration.ofMillis(800));
        assertThat(due("ep_1")).containsExactly("wd_1");
        settle(after(later, DELIVERED, 0));
        assertThat(due("ep_1")).isEmpty();
        awaitThat(() -> assertThat(store().pending()).isZero());
    }

    @Test
    void purgedDeliveryStaysAway() {
        Delivery first = delivery("wd_1", "ep_1", 0);
        add(first, delivery("wd_2", "ep_1", 1));
        assertThat(get(store().purge(List.of("wd_1", "wd_9")))).isEqualTo(1);
        settle(after(first, PENDING, 0));

        assertThat(get(store().delivery("wd_1"))).isNull();
        assertThat(get(store().purge(List.of("wd_1")))).isZero();
        assertThat(ids(get(store().list(new DeliveryQuery(null, null, null, 10, null)))
                        .deliveries()))
                .containsExactly("wd_2");
        tested.pass(Duration.ofMillis(20));
        assertThat(due("ep_1")).containsExactly("wd_2");
    }

    // ── order ──────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void deliveriesOfOneMillisecondAreDueInTheOrderInWhichTheyWereAdded() {
        long now = tested.nowMillis() - 1_000;
        List<Delivery> added = IntStream.range(0, 100)
                .mapToObj(i -> delivery("wd_" + (100 + i * 37 % 100), "ep_1", "alice", now))
                .toList();
        get(store().add(null, added.subList(0, 60)));
        get(store().add(null, added.subList(60, 100)));
        assertThat(due("ep_1")).isEqualTo(ids(added));

        settle(after(added.get(3), PENDING, now), after(added.get(1), PENDING, now));
        assertThat(due("ep_1")).as("settled, and due as before").isEqualTo(ids(added));
    }

    // ── late answers and redelivery ────────────────────────────────────────────────────────────────────────────

    @Test
    void lateAnswerChangesNothingOfWhatHasEnded() {
        Delivery first = delivery("wd_1", "ep_1", -9);
        Delivery second = delivery("wd_2", "ep_1", -9);
        add(first, second);
        Delivery delivered = after(first, DELIVERED, 0);
        Delivery dead = after(second, DEAD, 0);
        settle(delivered, dead);

        settle(after(first, PENDING, 0), after(second, PENDING, 0));
        settle(after(first, DEAD, 0), after(second, DELIVERED, 0));

        assertThat(get(store().delivery("wd_1"))).usingRecursiveComparison().isEqualTo(delivered);
        assertThat(get(store().delivery("wd_2"))).usingRecursiveComparison().isEqualTo(dead);
        assertThat(due("ep_1")).isEmpty();
        assertThat(claim()).isEmpty();
    }

    @Test
    void redeliveredDeliveriesAreDueAtOnceAndTriedFromTheBeginning() {
        Delivery delivered = after(delivery("wd_1", "ep_1", -9), DELIVERED, 0);
        Delivery dead = after(delivery("wd_2", "ep_1", -9), DEAD, 0);
        Delivery later = after(delivery("wd_3", "ep_2", -9), PENDING, tested.nowMillis() + 600_000);
        add(delivery("wd_1", "ep_1", -9), delivery("wd_2", "ep_1", -9), delivery("wd_3", "ep_2", -9));
        settle(delivered, dead, later);
        assertThat(claim()).isEmpty();

        long now = tested.nowMillis();
        assertThat(get(store().redeliver(List.of("wd_2", "wd_9", "wd_1", "wd_3"), now)))
                .isEqualTo(3);

        for (Delivery before : List.of(delivered, dead, later)) {
            Delivery again = get(store().delivery(before.id()));
            assertThat(again).usingRecursiveComparison().isEqualTo(before.again(now));
            assertThat(again.log()).hasSize(1);
        }
        assertThat(due("ep_1")).containsExactlyInAnyOrder("wd_1", "wd_2");
        assertThat(claim()).containsExactlyInAnyOrder("ep_1", "ep_2");
        awaitThat(() -> assertThat(store().pending()).isEqualTo(3));
        settle(after(dead.again(now), DELIVERED, 0));
        assertThat(due("ep_1")).containsExactly("wd_1");
        assertThat(get(store().redeliver(List.of(), now))).isZero();
    }

    @Test
    void manyAreRedeliveredAtOnce() {
        List<Delivery> many = IntStream.range(0, 150)
                .mapToObj(i -> delivery("wd_" + i, "ep_" + i % 3, -9))
                .toList();
        get(store().add(null, many));
        get(store().settle(
                        many.stream().map(delivery -> after(delivery, DEAD, 0)).toList()));

        assertThat(get(store().redeliver(ids(many), tested.nowMillis()))).isEqualTo(150);
        assertThat(due("ep_1")).hasSize(50);
    }

    // ── a destination's share ──────────────────────────────────────────────────────────────────────────────────

    private Delivery[] ten(String endpoint) {
        return IntStream.range(0, 10)
                .mapToObj(i -> delivery("wd_" + endpoint + i, endpoint, -9))
                .toArray(Delivery[]::new);
    }

    private void assertOverflowed(String id) {
        Delivery delivery = get(store().delivery(id));
        assertThat(delivery.status()).isEqualTo(DEAD);
        assertThat(delivery.log()).hasSize(1);
        Delivery.Attempt attempt = delivery.log().get(0);
        assertThat(attempt.failure()).isEqualTo("overflow");
        assertThat(attempt.status()).isZero();
        assertThat(attempt.latencyMillis()).isZero();
        assertThat(attempt.atMillis()).isCloseTo(tested.nowMillis(), within(60_000L));
    }

    @Test
    void destinationThatTakesNothingLeavesTheRoomToOthers() {
        open("webhook.deliveries=100");
        add(ten("ep_1"));
        add(delivery("wd_a", "ep_1", 0), delivery("wd_b", "ep_2", 0), delivery("wd_c", "ep_1", 0));

        assertThat(due("ep_1")).hasSize(10).doesNotContain("wd_a", "wd_c");
        assertThat(due("ep_2")).containsExactly("wd_b");
        assertOverflowed("wd_a");
        assertOverflowed("wd_c");
        assertThat(store().overflowed()).isEqualTo(2);
        awaitThat(() -> assertThat(store().pending()).isEqualTo(11));
        create("a", HOOK);
        end("a");
        assertThat(outbox()).as("there is room").hasSize(1);
    }

    @Test
    void shareIsKeptWithinOneStepToo() {
        open("webhook.deliveries=120");
        List<Delivery> many = IntStream.range(10, 40)
                .mapToObj(i -> delivery("wd_" + i, "ep_" + i % 2, 0))
                .toList();
        get(store().add(null, many));

        assertThat(due("ep_0")).hasSize(12).startsWith("wd_10").endsWith("wd_32");
        assertThat(due("ep_1")).hasSize(12);
        assertThat(store().overflowed()).isEqualTo(6);
        assertOverflowed("wd_34");
    }

    @Test
    void eventForADestinationWithoutRoomLeavesTheOutboxAllTheSame() {
        open("webhook.deliveries=100");
        add(ten("ep_1"));
        create("a", HOOK);
        end("a");
        get(store().add(outbox().get(0).name(), List.of(delivery("wd_a", "ep_1", 0), delivery("wd_b", "ep_2", 0))));

        assertThat(outbox()).isEmpty();
        assertOverflowed("wd_a");
        assertThat(due("ep_2")).containsExactly("wd_b");
    }

    @Test
    void whatOverflowedIsSentAgainLaterAndWhatEndsMakesRoomForMore() {
        open("webhook.deliveries=100");
        Delivery[] first = ten("ep_1");
        add(first);
        add(delivery("wd_a", "ep_1", 0));
        settle(after(first[0], DELIVERED, 0), after(first[1], DEAD, 0));
        add(delivery("wd_b", "ep_1", 0));
        assertThat(due("ep_1")).contains("wd_b");

        assertThat(get(store().redeliver(List.of("wd_a"), tested.nowMillis()))).isEqualTo(1);
        assertThat(due("ep_1")).hasSize(10).contains("wd_a", "wd_b");
        add(delivery("wd_c", "ep_1", 0));
        assertOverflowed("wd_c");
        add(first[5]);
        assertThat(get(store().delivery(first[5].id())).status())
                .as("one that is there stays as it is")
                .isEqualTo(PENDING);
    }

    @Test
    void whatOverflowedIsForgottenAsWhatHasEnded() {
        open("webhook.history=1s", "webhook.deliveries=100");
        add(ten("ep_1"));
        add(delivery("wd_a", "ep_1", 0));
        tested.pass(Duration.ofMillis(1_200));

        awaitThat(() -> assertThat(get(store().delivery("wd_a"))).isNull());
        assertThat(due("ep_1")).hasSize(10);
    }
}
