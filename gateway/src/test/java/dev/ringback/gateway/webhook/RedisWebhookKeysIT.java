package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.Delivery.Status.DEAD;
import static dev.ringback.gateway.webhook.Delivery.Status.DELIVERED;
import static dev.ringback.gateway.webhook.Delivery.Status.PENDING;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.protocol.ApplyScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the keys of webhooks hold, when they go, and what becomes of what is none of ours in them. */
class RedisWebhookKeysIT extends WebhooksFixture {
    private static final String PREFIX = "{ringback:webhooks}:";
    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    WebhooksUnderTest newStores(String... settings) {
        return RedisWebhooks.onEmpty(redis, settings);
    }

    private static List<?> keys() {
        return (List<?>) redis.cli("KEYS", PREFIX + "*");
    }

    private static Object field(String id, String name) {
        return redis.cli("HGET", PREFIX + "delivery:" + id, name);
    }

    // ── nothing stays behind ───────────────────────────────────────────────────────────────────────────────────

    @Test
    void purgeLeavesNothingBehindWhateverStateDeliveriesAreIn() {
        Delivery delivered = delivery("wd_1", "ep_1", 0);
        Delivery later = delivery("wd_2", "ep_1", 0);
        Delivery again = delivery("wd_3", "ep_2", 0);
        add(delivered, later, again, delivery("wd_4", "ep_3", 600_000));
        assertThat(claim()).hasSize(2);
        settle(after(delivered, DELIVERED, 0), after(later, PENDING, tested.nowMillis() + 5_000));
        settle(after(again, DEAD, 0));
        get(store().redeliver(List.of("wd_3"), tested.nowMillis()));
        get(store().release("ep_1"));

        assertThat(get(store().purge(List.of("wd_1", "wd_2", "wd_3", "wd_4")))).isEqualTo(4);
        get(store().release("ep_2"));

        assertThat(keys()).isEqualTo(List.of(PREFIX + "number"));
    }

    @Test
    void removedEndpointsLeaveNothingBehind() {
        get(store().putEndpoint(endpoint("ep_1", WebhookEvent.PROGRESS)));
        get(store().putEndpoint(endpoint("ep_2", WebhookEvent.FAILED)));
        assertThat(redis.cli("GET", PREFIX + "wants")).isEqualTo("p");
        get(store().removeEndpoint("ep_1"));
        assertThat(redis.cli("GET", PREFIX + "wants")).isEqualTo("e");
        get(store().removeEndpoint("ep_2"));

        assertThat(keys()).isEmpty();
    }

    @Test
    void whatHasEndedGoesByItselfWhereNoGatewayIsThereToForgetIt() {
        Delivery ended = delivery("wd_1", "ep_1", 0);
        add(ended, delivery("wd_2", "ep_1", 0));
        settle(after(ended, DEAD, 0));
        long day = Duration.ofDays(1).toMillis();
        assertThat((Long) redis.cli("PTTL", PREFIX + "delivery:wd_1")).isBetween(3 * day, 3 * day + day / 23);
        assertThat(redis.cli("PTTL", PREFIX + "delivery:wd_2")).isEqualTo(-1L);

        get(store().redeliver(List.of("wd_1"), tested.nowMillis()));
        assertThat(redis.cli("PTTL", PREFIX + "delivery:wd_1")).as("sent again").isEqualTo(-1L);
    }

    @Test
    void whatWentByItselfLeavesItsListsToo() {
        open("webhook.history=1s");
        Delivery ended = delivery("wd_1", "ep_1", 0);
        add(ended);
        settle(after(ended, DEAD, 0));
        redis.cli("DEL", PREFIX + "delivery:wd_1");
        assertThat(get(store().list(new DeliveryQuery(null, null, null, 9, null)))
                        .deliveries())
                .isEmpty();

        awaitThat(() -> assertThat(keys()).isEqualTo(List.of(PREFIX + "number")));
    }

    @Test
    void manyThatEndedLongAgoAreForgottenSoon() {
        open("webhook.history=1s");
        for (int batch = 0; batch < 10; batch++) {
            int from = 200 * batch;
            List<Delivery> some = IntStream.range(from, from + 200)
                    .mapToObj(i -> delivery("wd_" + i, "ep_1", 0))
                    .toList();
            get(store().add(null, some));
            get(store().settle(some.stream()
                    .map(delivery -> after(delivery, DELIVERED, 0))
                    .toList()));
        }

        awaitThat(() -> assertThat(redis.cli("ZCARD", PREFIX + "all")).isEqualTo(0L));
    }

    // ── sizes ──────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void oneEventMayBecomeThousandsOfDeliveries() {
        create("a", HOOK);
        end("a");
        List<Delivery> many = IntStream.range(0, 3_000)
                .mapToObj(i -> delivery("wd_" + i, "ep_" + i, 0))
                .toList();
        get(store().add(outbox().get(0).name(), many));
        get(store().settle(
                        many.stream().map(delivery -> after(delivery, DEAD, 0)).toList()));

        assertThat(redis.cli("ZCARD", PREFIX + "ended")).isEqualTo(3_000L);
        assertThat(get(store().purge(many.stream().map(Delivery::id).toList()))).isEqualTo(3_000);
    }

    @Test
    void oneQuestionLooksAtABoundedNumberOfDeliveries() {
        List<Delivery> all = new ArrayList<>(List.of(delivery("wd_bobs", "ep_1", "bob", 1)));
        IntStream.range(0, 1_200).forEach(i -> all.add(delivery("wd_" + i, "ep_1", "alice", 2 + i / 700)));
        get(store().add(null, all));

        List<Integer> sizes = new ArrayList<>();
        DeliveryQuery.Place place = null;
        do {
            DeliveryPage page = get(store().list(new DeliveryQuery("bob", null, null, 10, place)));
            sizes.add(page.deliveries().size());
            place = page.next();
        } while (place != null);
        assertThat(sizes).containsExactly(0, 0, 1);
    }

    @Test
    void pageGoesOnWhereOneThatWasPurgedStoodAmongOthersMadeAtTheSameTime() {
        List<Delivery> all = IntStream.range(10, 20)
                .mapToObj(i -> delivery((i % 2 == 0 ? "wd_X" : "wd_x") + i, "ep_1", "alice", 5))
                .toList();
        get(store().add(null, all));
        DeliveryPage page = get(store().list(new DeliveryQuery(null, "ep_1", null, 4, null)));
        assertThat(ids(page.deliveries())).containsExactly("wd_x19", "wd_x17", "wd_x15", "wd_x13");
        get(store().purge(List.of("wd_x13")));

        DeliveryQuery next = new DeliveryQuery(null, "ep_1", null, 4, page.next());
        assertThat(ids(get(store().list(next)).deliveries())).containsExactly("wd_x11", "wd_X18", "wd_X16", "wd_X14");
    }

    @Test
    void figuresAreThoseOfRedis() {
        redis.cli("SET", PREFIX + "dropped", "7");
        add(delivery("wd_1", "ep_1", 0), delivery("wd_2", "ep_1", 0));
        create("a", HOOK);
        end("a");

        awaitThat(() -> {
            assertThat(store().dropped()).isEqualTo(7);
            assertThat(store().pending()).isEqualTo(2);
            assertThat(store().waiting()).isEqualTo(1);
        });
    }

    // ── what is none of ours ───────────────────────────────────────────────────────────────────────────────────

    @Test
    void entryOfTheOutboxThatIsNoEventStandsInNobodysWay() {
        redis.cli("XADD", PREFIX + "outbox", "*", "somebody", "else's");
        redis.cli("XADD", PREFIX + "outbox", "*", "job", "a/b", "doc", "{}", "webhook", "");
        create("a", HOOK);
        end("a");

        awaitThat(() -> assertThat(get(store().outbox(1))).hasSize(1));
        assertThat(jobsInOutbox()).containsExactly("a");
    }

    @Test
    void endWhoseDocumentIsNotReadableIsToldWithWhatTheScriptKnows() {
        redis.cli(
                "EVAL",
                new String(ApplyScript.source(), UTF_8),
                "3",
                "job:a",
                "{job:a}:log",
                "{job:a}:result",
                "create",
                "type",
                "t",
                "webhook",
                HOOK);
        redis.cli(
                "EVAL",
                new String(ApplyScript.source(), UTF_8),
                "3",
                "job:a",
                "{job:a}:log",
                "{job:a}:result",
                "apply",
                "status",
                "failed",
                "result",
                "{broken",
                "checked",
                "1");

        OutboxEvent event = onlyEvent();
        Object incarnation = redis.cli("HGET", "job:a", "incarnation");
        assertThat(event.job().present().state().wireName()).isEqualTo("failed");
        assertThat(event.job().present().cursor()).hasToString(incarnation + "-2");
        assertThat(new String(event.job().present().json(), UTF_8))
                .isEqualTo("{\"jobId\":\"a\",\"status\":\"failed\",\"version\":2,\"incarnation\":\"" + incarnation
                        + "\"}");
    }

    @Test
    void deliveryThatIsNotReadableIsRemovedAndNotInTheWay() {
        add(delivery("wd_1", "ep_1", -2), delivery("wd_2", "ep_1", -1));
        redis.cli("HSET", PREFIX + "delivery:wd_1", "doc", "{\"id\":7");

        assertThatThrownBy(() -> get(store().delivery("wd_1"))).hasCauseInstanceOf(StoreException.class);
        assertThat(due("ep_1")).containsExactly("wd_2");
        awaitThat(() ->
                assertThat(get(store().due("ep_1", 1, Set.of())).deliveries()).hasSize(1));
        assertThat(field("wd_1", "doc")).isNull();
    }

    @Test
    void endpointThatIsNotReadableIsLeftOut() {
        get(store().putEndpoint(endpoint("ep_1", WebhookEvent.PROGRESS)));
        get(store().putEndpoint(endpoint("ep_2", WebhookEvent.PROGRESS)));
        redis.cli("HSET", PREFIX + "endpoints", "ep_1", "?");

        assertThat(get(store().endpoints())).extracting(WebhookEndpoint::id).containsExactly("ep_2");
    }

    @Test
    void whatIsDueAtAnEndpointThatIsNotReadableWaitsUntilItIsRemoved() {
        get(store().putEndpoint(endpoint("ep_1", WebhookEvent.PROGRESS)));
        add(delivery("wd_1", "ep_1", -2), delivery("wd_2", "ep_2", -1));
        redis.cli("HSET", PREFIX + "endpoints", "ep_1", "?");
        get(store().endpoints());
        assertThat(get(store().due("ep_1", 9, Set.of()))).isEqualTo(new WebhookStore.Due(List.of(), Long.MAX_VALUE));
        assertThat(due("ep_2")).containsExactly("wd_2");
        assertThat(get(store().delivery("wd_1")).status()).isEqualTo(PENDING);

        get(store().removeEndpoint("ep_1"));
        get(store().endpoints());
        assertThat(due("ep_1")).containsExactly("wd_1");
    }

    @Test
    void endpointThatWasWrittenWithoutARevisionHasTheFirst() {
        WebhookEndpoint endpoint = endpoint("ep_1", WebhookEvent.PROGRESS);
        get(store().putEndpoint(endpoint));
        redis.cli("DEL", PREFIX + "revisions");

        assertThat(get(store().putEndpoint(endpoint))).isFalse();
        assertThat(get(store().putEndpoint(endpoint.revised()))).isTrue();
    }

    /** Both leave in one turn of the loop: the answer is written between the reading and the writing of the redelivery. */
    @Test
    void redeliveryThatMeetsAnAnswerLosesNothingOfIt() {
        List<Delivery> all = IntStream.range(0, 40)
                .mapToObj(i -> delivery("wd_" + i, "ep_1", -9))
                .toList();
        List<Delivery> answered =
                all.stream().map(delivery -> after(delivery, DELIVERED, 0)).toList();
        CompletableFuture<Long> redelivered = new CompletableFuture<>();
        try (RedisSide side = new RedisSide(redis.uri(), "gw-b")) {
            side.awaitConnected();
            WebhookStore other = side.backend().webhooks();
            get(other.add(null, all));
            side.backend().clients().get(0).loop().execute(() -> {
                var unused = other.redeliver(ids(all), tested.nowMillis()).thenAccept(redelivered::complete);
                var unusedToo = other.settle(answered);
            });
            assertThat(get(redelivered)).isEqualTo(40);
        }

        Delivery again = get(store().delivery("wd_7"));
        assertThat(again.status()).isEqualTo(PENDING);
        assertThat(again.attempts()).isZero();
        assertThat(again.log()).hasSize(1);
        assertThat(redis.cli("ZCARD", PREFIX + "queue:ep_1")).isEqualTo(40L);
        assertThat(redis.cli("EXISTS", PREFIX + "ended")).isEqualTo(0L);
    }

    @Test
    void claimOfWhatIsNotDueAnyMoreIsPutRight() {
        Delivery only = delivery("wd_1", "ep_1", 0);
        add(only, delivery("wd_2", "ep_2", 0));
        assertThat(claim()).containsExactlyInAnyOrder("ep_1", "ep_2");
        settle(after(only, DELIVERED, 0));
        tested.pass(Duration.ofMillis(WebhookStore.LEASE_MILLIS + 100));

        assertThat(get(store().claim(1))).as("one at most, and that one").containsExactly("ep_2");
        assertThat(redis.cli("ZSCORE", PREFIX + "ready", "ep_1")).isNull();
        assertThat(redis.cli("HGET", PREFIX + "claims", "ep_1")).isNull();
        assertThat(get(store().renew(Set.of("ep_1", "ep_2")))).containsExactly("ep_2");
    }

    @Test
    void idsOfAnyKindAreKeptApart() {
        String[] ids = {"wd_a b", "wd_é", "wd_*", "1"};
        add(Arrays.stream(ids)
                .map(id -> delivery(id, "https://a.example:443", 0))
                .toArray(Delivery[]::new));

        assertThat(due("https://a.example:443")).containsExactlyInAnyOrder(ids);
    }
}
