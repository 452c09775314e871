package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.Delivery.Status.DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The contract, and the bound by bytes that only this process has. */
class MemoryWebhookStoreTest extends WebhookStoreContract {
    @Override
    WebhooksUnderTest newStores(String... settings) {
        return MemoryWebhooks.inMemory(settings);
    }

    private Delivery large(int number, String endpoint) {
        Delivery.Sent sent = delivery("wd_" + number, endpoint, number).sent();
        return Delivery.due(
                "wd_" + number,
                new Delivery.Sent(
                        sent.webhookId(),
                        sent.destination(),
                        sent.endpoint(),
                        sent.owner(),
                        sent.url(),
                        sent.secret(),
                        sent.event(),
                        sent.jobId(),
                        sent.createdMillis(),
                        new byte[10_000]));
    }

    @Test
    void deliveriesHoldAtMostHalfOfTheMemoryBytes() {
        open("store.memory-bytes=128KiB");
        for (int i = 0; i < 20; i++) {
            Delivery delivery = large(i, "ep_1");
            add(delivery);
            settle(after(delivery, DELIVERED, 0));
        }
        assertThat(get(store().list(new DeliveryQuery(null, null, null, 100, null)))
                        .deliveries())
                .hasSizeBetween(4, 6)
                .last()
                .matches(oldest -> !oldest.id().equals("wd_0"));
    }

    @Test
    void eventsWaitWhilePendingDeliveriesHoldAllBytes() {
        open("store.memory-bytes=128KiB");
        create("a", HOOK);
        end("a");
        for (int i = 0; i < 7; i++) {
            add(large(i, "ep_" + i));
        }
        assertThat(outbox()).isEmpty();

        get(store().purge(List.of("wd_1", "wd_2", "wd_3")));
        assertThat(jobsInOutbox()).containsExactly("a");
    }

    @Test
    void oneDestinationHoldsATenthOfTheBytesOfPendingDeliveries() {
        open("store.memory-bytes=1MiB");
        for (int i = 0; i < 7; i++) {
            add(large(i, "ep_1"));
        }
        add(large(8, "ep_2"));
        tested.pass(Duration.ofMillis(100));

        assertThat(get(store().due("ep_1", 9, Set.of())).deliveries()).hasSize(5);
        assertThat(store().overflowed()).isEqualTo(2);
        assertThat(get(store().due("ep_2", 9, Set.of())).deliveries()).hasSize(1);
        get(store().purge(List.of("wd_0", "wd_1")));
        add(large(9, "ep_1"));
        assertThat(store().overflowed()).isEqualTo(2);
    }
}
