package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.testkit.RedisSide.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.testkit.RedisProcess;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code store.durability = replicated} promises of webhooks: nobody is told of an end that a failover undoes. */
class RedisWebhookDurabilityIT extends WebhooksFixture {
    private static final String PREFIX = "{ringback:webhooks}:";

    private final RedisProcess primary = RedisProcess.start("--repl-diskless-sync-delay", "0");
    private final RedisProcess replica = RedisProcess.start("--replicaof", "127.0.0.1 " + primary.port());

    @Override
    WebhooksUnderTest newStores(String... settings) {
        awaitTrue(() -> String.valueOf(primary.cli("INFO", "replication")).contains("state=online"));
        return RedisWebhooks.onEmpty(
                primary,
                "store.kind=redis",
                "store.durability=replicated",
                "store.replication-timeout=1s",
                "store.timeout=5s");
    }

    @AfterEach
    void stopRedis() {
        replica.close();
        primary.close();
    }

    @Test
    void whatIsWrittenIsOnTheReplicaAlready() {
        get(store().putEndpoint(endpoint("ep_1", WebhookEvent.COMPLETED)));
        assertThat(replica.cli("GET", PREFIX + "wants")).isEqualTo("e");
        for (int i = 0; i < 50; i++) {
            Delivery delivery = delivery("wd_" + i, "ep_1", 0);
            add(delivery);
            assertThat(replica.cli("HGET", PREFIX + "delivery:wd_" + i, "status"))
                    .isEqualTo("pending");
            settle(after(delivery, Delivery.Status.DELIVERED, 0));
            assertThat(replica.cli("HGET", PREFIX + "delivery:wd_" + i, "status"))
                    .isEqualTo("delivered");
        }
    }

    @Test
    void whatNoReplicaHasIsNotDueForAnybodyUntilOneHasIt() {
        WebhooksUnderTest other = tested.another();
        create("a", HOOK);
        end("a");
        String name = outbox().get(0).name();
        replica.freeze();
        assertThatThrownBy(() -> get(store().add(name, List.of(delivery("wd_1", "ep_1", 0)))))
                .hasMessageContaining("0 of 1 replicas");

        assertThatThrownBy(() -> due("ep_1")).hasMessageContaining("0 of 1 replicas");
        assertThatThrownBy(() -> get(other.webhooks().due("ep_1", 9, Set.of())))
                .hasMessageContaining("0 of 1 replicas");

        replica.thaw();
        awaitThat(() -> assertThat(
                        ids(get(other.webhooks().due("ep_1", 9, Set.of())).deliveries()))
                .containsExactly("wd_1"));
        assertThat(replica.cli("ZCARD", PREFIX + "queue:ep_1")).isEqualTo(1L);
    }

    @Test
    void endThatOnlyTheLostPrimaryHadWasDueForNobody() {
        create("a", HOOK);
        replica.cli("REPLICAOF", "NO", "ONE");
        assertThatThrownBy(() -> end("a")).hasMessageContaining("0 of 1 replicas");
        var waiting = outbox().get(0);
        assertThatThrownBy(() -> get(store().add(waiting.name(), List.of(delivery("wd_1", "ep_1", 0)))))
                .hasMessageContaining("0 of 1 replicas");
        assertThat(claim()).containsExactly("ep_1");
        assertThatThrownBy(() -> due("ep_1")).hasMessageContaining("0 of 1 replicas");

        assertThat(replica.cli("HGET", "job:a", "status")).isEqualTo("queued");
        assertThat(replica.cli("EXISTS", PREFIX + "outbox", PREFIX + "delivery:wd_1"))
                .isEqualTo(0L);
    }
}
