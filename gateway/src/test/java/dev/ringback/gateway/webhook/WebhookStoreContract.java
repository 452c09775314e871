package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.Delivery.Status.DEAD;
import static dev.ringback.gateway.webhook.Delivery.Status.DELIVERED;
import static dev.ringback.gateway.webhook.Delivery.Status.PENDING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What every {@link WebhookStore} does. A kind of stores is tested by a subclass of this, of {@link DeliveriesContract} and of {@link WebhookOutboxContract}:
 * {@code newStores} gives a {@link WebhooksUnderTest} on empty stores, those of Redis on a database that was just flushed. One that
 * several gateways share also gives {@link WebhooksUnderTest#another}, and is tested for claims of two gateways then.
 */
abstract class WebhookStoreContract extends WebhooksFixture {
    private static final Duration LEASE = Duration.ofMillis(WebhookStore.LEASE_MILLIS + 200);

    // ── endpoints ──────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void endpointIsAsItWasPutUntilItIsPutAgainOrRemoved() {
        WebhookEndpoint first = endpoint("ep_1", WebhookEvent.COMPLETED, WebhookEvent.PROGRESS);
        WebhookEndpoint bare = new WebhookEndpoint(
                "ep_2", null, "https://c.example/", null, WebhookEvent.ENDS, List.of(), first.secrets(), 7, 1, null);
        assertThat(get(store().endpoints())).isEmpty();
        get(store().putEndpoint(first));
        get(store().putEndpoint(bare));
        assertThat(get(store().endpoints()))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyInAnyOrder(first, bare);

        WebhookEndpoint changed = first.disabled("410").revised();
        assertThat(get(store().putEndpoint(changed))).isTrue();
        assertThat(get(store().removeEndpoint("ep_2"))).isTrue();
        assertThat(get(store().removeEndpoint("ep_2"))).isFalse();

        assertThat(get(store().endpoints()))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(changed);
    }

    @Test
    void changeThatDoesNotFollowOnWhatIsThereIsNotWritten() {
        WebhookEndpoint first = endpoint("ep_1", WebhookEvent.COMPLETED);
        assertThat(get(store().putEndpoint(first.revised()))).isFalse();
        assertThat(get(store().putEndpoint(first))).isTrue();
        assertThat(get(store().putEndpoint(first))).isFalse();
        WebhookEndpoint rotated =
                first.signing(List.of(new WebhookEndpoint.Signer(secret(9), 0))).revised();
        assertThat(get(store().putEndpoint(rotated))).isTrue();
        assertThat(get(store().putEndpoint(first.disabled("410").revised())))
                .as("disabled by one that knows nothing of the rotation")
                .isFalse();
        assertThat(get(store().putEndpoint(rotated.revised().revised()))).isFalse();

        assertThat(get(store().endpoints()))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(rotated);
    }

    @Test
    void lateChangeDoesNotBringAnEndpointBackThatWasRemoved() {
        WebhookEndpoint first = endpoint("ep_1", WebhookEvent.COMPLETED);
        get(store().putEndpoint(first));
        get(store().removeEndpoint("ep_1"));

        assertThat(get(store().putEndpoint(first.revised()))).isFalse();
        assertThat(get(store().endpoints())).isEmpty();
        end("a");
        assertThat(outbox()).isEmpty();
        assertThat(get(store().putEndpoint(first))).as("a new one").isTrue();
    }

    // ── claims ─────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void destinationWithSomethingDueIsClaimedOnceUntilItIsReleased() {
        add(delivery("wd_1", "ep_1", 0), delivery("wd_2", "ep_2", 0), delivery("wd_3", "ep_3", 600_000));
        assertThat(get(store().claim(1))).hasSize(1);
        assertThat(claim()).hasSize(1);
        assertThat(claim()).isEmpty();
        add(delivery("wd_4", "ep_1", 0));
        assertThat(claim()).isEmpty();

        get(store().release("ep_1"));
        assertThat(claim()).containsExactly("ep_1");
    }

    @Test
    void destinationIsClaimedWhenSomethingBecomesDue() {
        Delivery first = delivery("wd_1", "ep_1", 0);
        add(first, delivery("wd_2", "ep_2", 700));
        assertThat(claim()).containsExactly("ep_1");
        settle(after(first, PENDING, tested.nowMillis() + 700));
        get(store().release("ep_1"));
        assertThat(claim()).isEmpty();

        tested.pass(Duration.ofMillis(800));
        assertThat(claim()).containsExactlyInAnyOrder("ep_1", "ep_2");
        settle(after(first, DELIVERED, 0));
        get(store().release("ep_1"));
        assertThat(claim()).isEmpty();
    }

    @Test
    void claimEndsWithItsLeaseUnlessItIsRenewed() {
        add(delivery("wd_1", "ep_1", 0), delivery("wd_2", "ep_2", 0));
        claim();
        tested.pass(Duration.ofSeconds(7));
        assertThat(get(store().renew(Set.of("ep_1", "ep_9")))).containsExactly("ep_1");
        tested.pass(Duration.ofSeconds(4));

        assertThat(claim()).containsExactly("ep_2");
        assertThat(due("ep_1")).containsExactly("wd_1");
        tested.pass(LEASE);
        assertThat(claim()).containsExactlyInAnyOrder("ep_1", "ep_2");
    }

    @Test
    void twoGatewaysNeverHaveTheSameDestination() {
        WebhooksUnderTest other = another();
        String[] names = IntStream.range(0, 20).mapToObj(i -> "ep_" + i).toArray(String[]::new);
        for (String name : names) {
            add(delivery("wd_" + name, name, 0));
        }
        List<String> claimed = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            claimed.addAll(get(store().claim(1)));
            claimed.addAll(get(other.webhooks().claim(1)));
        }
        assertThat(claimed).containsExactlyInAnyOrder(names);
    }

    @Test
    void anotherGatewayTakesOverWhatIsNotRenewedAndTheFirstHasItNoMore() {
        WebhooksUnderTest other = another();
        Delivery delivery = delivery("wd_1", "ep_1", 0);
        add(delivery);
        assertThat(claim()).containsExactly("ep_1");
        assertThat(get(other.webhooks().claim(9))).isEmpty();
        tested.pass(LEASE);

        assertThat(get(other.webhooks().claim(9))).containsExactly("ep_1");
        assertThat(get(store().renew(Set.of("ep_1")))).isEmpty();
        get(store().release("ep_1"));
        assertThat(claim()).isEmpty();
        assertThat(ids(get(other.webhooks().due("ep_1", 9, Set.of())).deliveries()))
                .containsExactly("wd_1");
        settle(after(delivery, DELIVERED, 0));
        assertThat(get(other.webhooks().renew(Set.of("ep_1")))).containsExactly("ep_1");
        assertThat(get(other.webhooks().due("ep_1", 9, Set.of())).deliveries()).isEmpty();
    }

    private WebhooksUnderTest another() {
        @Nullable WebhooksUnderTest other = tested.another();
        Assumptions.assumeTrue(other != null, "one gateway's own");
        return other;
    }

    // ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────

    private List<Delivery> list(
            @Nullable String owner, @Nullable String endpoint, Delivery.@Nullable Status status, int limit) {
        List<Delivery> all = new ArrayList<>();
        DeliveryQuery.Place place = null;
        do {
            DeliveryPage page = get(store().list(new DeliveryQuery(owner, endpoint, status, limit, place)));
            assertThat(page.deliveries()).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page.deliveries());
            place = page.next();
        } while (place != null);
        return all;
    }

    @Test
    void listsAreNewestFirstPageByPage() {
        for (int i = 10; i < 33; i++) {
            // Three were made at the same time.
            add(delivery("wd_" + i, "ep_1", "alice", 1_000_000L + i / 3));
        }
        List<String> newestFirst =
                IntStream.range(10, 33).mapToObj(i -> "wd_" + (42 - i)).toList();

        assertThat(ids(list(null, null, null, 5))).isEqualTo(newestFirst);
        assertThat(ids(list(null, null, null, 1))).isEqualTo(newestFirst);
        assertThat(ids(list("alice", "ep_1", PENDING, 100))).isEqualTo(newestFirst);
    }

    @Test
    void listsAreFilteredByOwnerEndpointAndStatus() {
        Delivery first = delivery("wd_1", "ep_1", "alice", 1_000);
        Delivery second = delivery("wd_2", "ep_2", "bob", 2_000);
        add(first, second, delivery("wd_3", "ep_1", null, 3_000), delivery("wd_4", "ep_2", "alice", 4_000));
        settle(after(first, DELIVERED, 0), after(second, DEAD, 0));

        assertThat(ids(list(null, null, null, 2))).containsExactly("wd_4", "wd_3", "wd_2", "wd_1");
        assertThat(ids(list("alice", null, null, 2))).containsExactly("wd_4", "wd_1");
        assertThat(ids(list("bob", null, null, 2))).containsExactly("wd_2");
        assertThat(ids(list("carol", null, null, 2))).isEmpty();
        assertThat(ids(list(null, "ep_1", null, 2))).containsExactly("wd_3", "wd_1");
        assertThat(ids(list("alice", "ep_2", null, 2))).containsExactly("wd_4");
        assertThat(ids(list(null, null, DEAD, 2))).containsExactly("wd_2");
        assertThat(ids(list(null, null, PENDING, 2))).containsExactly("wd_4", "wd_3");
        assertThat(ids(list("alice", "ep_1", DELIVERED, 2))).containsExactly("wd_1");
    }

    @Test
    void placeOfADeliveryThatIsGoneIsAPlaceAllTheSame() {
        for (int i = 1; i <= 4; i++) {
            add(delivery("wd_" + i, "ep_1", "alice", i));
        }
        DeliveryPage page = get(store().list(new DeliveryQuery(null, null, null, 2, null)));
        get(store().purge(List.of("wd_3", "wd_4")));

        DeliveryQuery next = new DeliveryQuery(null, null, null, 2, page.next());
        assertThat(ids(get(store().list(next)).deliveries())).containsExactly("wd_2", "wd_1");
    }

    // ── bounds ─────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void oldestThatHaveEndedMakeRoomForMore() {
        open("webhook.deliveries=10");
        for (int i = 10; i < 20; i++) {
            Delivery delivery = delivery("wd_" + i, "ep_1", "alice", i);
            add(delivery);
            if (i % 2 == 0) {
                settle(after(delivery, DELIVERED, 0));
                tested.pass(Duration.ofMillis(5));
            }
        }
        add(delivery("wd_20", "ep_1", 0), delivery("wd_21", "ep_1", 0));

        awaitThat(() -> assertThat(ids(list(null, null, null, 100)))
                .containsExactlyInAnyOrder(
                        "wd_21", "wd_20", "wd_19", "wd_18", "wd_17", "wd_16", "wd_15", "wd_14", "wd_13", "wd_11"));
    }

    @Test
    void eventsWaitInTheOutboxWhileAllDeliveriesArePending() {
        open("webhook.deliveries=10");
        create("a", HOOK);
        end("a");
        Delivery[] pending = IntStream.range(0, 10)
                .mapToObj(i -> delivery("wd_" + i, "ep_1", 0))
                .toArray(Delivery[]::new);
        add(pending);
        awaitThat(() -> assertThat(outbox()).isEmpty());
        assertThat(store().waiting()).isEqualTo(1);
        assertThat(list(null, null, null, 100)).hasSize(10);

        settle(after(pending[3], DEAD, 0));
        awaitThat(() -> assertThat(jobsInOutbox()).containsExactly("a"));
    }

    @Test
    void whatHasEndedIsForgottenAfterItsHistoryAndWhatIsPendingIsNot() {
        open("webhook.history=1s");
        Delivery first = delivery("wd_1", "ep_1", -600_000);
        Delivery second = delivery("wd_2", "ep_1", 0);
        add(first, second, delivery("wd_3", "ep_1", -600_000));
        settle(after(first, DELIVERED, 0), after(second, DEAD, 0));
        assertThat(get(store().delivery("wd_1"))).isNotNull();

        tested.pass(Duration.ofMillis(1_200));
        awaitThat(() -> assertThat(ids(list(null, null, null, 100))).containsExactly("wd_3"));
        assertThat(get(store().delivery("wd_1"))).isNull();
        assertThat(due("ep_1")).containsExactly("wd_3");
    }
}
