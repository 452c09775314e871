package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.testkit.RedisSide.awaitTrue;
import static dev.ringback.gateway.webhook.Delivery.Status.DELIVERED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.gateway.testkit.Repeating;
import dev.ringback.gateway.webhook.WebhookStore.Waiting;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Gateways that die, a Redis that dies, clocks that are wrong, and access lists that forbid. */
@Tag("chaos")
class RedisWebhookFaultsIT extends WebhooksFixture {
    private static final String PREFIX = "{ringback:webhooks}:";
    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start("--appendfsync", "always");
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    WebhooksUnderTest newStores(String... settings) {
        return RedisWebhooks.onEmpty(redis, settings);
    }

    @Test
    void deliveriesOfAGatewayThatDiedAreAnothersWhenItsLeaseIsOver() {
        add(delivery("wd_1", "ep_1", -2), delivery("wd_2", "ep_1", -1), delivery("wd_3", "ep_2", 0));
        RedisWebhooks dying = new RedisWebhooks(redis, "gw-dying");
        assertThat(get(dying.webhooks().claim(9))).containsExactlyInAnyOrder("ep_1", "ep_2");
        List<String> underWay =
                ids(get(dying.webhooks().due("ep_1", 9, Set.of())).deliveries());
        dying.close();
        assertThat(claim()).as("nobody knows yet that it is dead").isEmpty();

        Set<String> claimed = new HashSet<>();
        awaitThat(() -> {
            claimed.addAll(claim());
            assertThat(claimed).containsExactlyInAnyOrder("ep_1", "ep_2");
        });
        assertThat(due("ep_1")).isEqualTo(underWay).containsExactly("wd_1", "wd_2");
    }

    @Test
    void gatewayWhoseClockIsHoursOffDelaysNothingAndHurriesNothing() {
        for (int hours : new int[] {-3, 3}) {
            Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofHours(hours));
            try (RedisSide side = new RedisSide(redis.uri(), "gw-b")) {
                side.awaitConnected();
                RedisWebhookStore other =
                        new RedisWebhookStore(side.backend().clients().get(0), GatewayConfig.of(), "gw-b", wrong);
                long now = wrong.millis();
                Delivery first = delivery("wd_1" + hours, "ep_1", "alice", now);
                get(other.add(null, List.of(first, delivery("wd_2" + hours, "ep_1", "alice", now))));
                get(other.settle(List.of(after(first, Delivery.Status.PENDING, now + 60_000))));

                var due = get(store().due("ep_1", 9, Set.of()));
                assertThat(ids(due.deliveries())).containsExactly("wd_2" + hours);
                assertThat(due.deliveries().get(0).dueMillis())
                        .isBetween(tested.nowMillis() - 5_000, tested.nowMillis());
                assertThat(due.nextMillis() - tested.nowMillis()).isBetween(50_000L, 60_000L);
                assertThat(get(other.due("ep_1", 9, Set.of())).nextMillis() - now)
                        .isBetween(59_900L, 60_100L);
                get(store().purge(List.of("wd_1" + hours, "wd_2" + hours)));
            }
        }
    }

    /** So little that the clocks count as the same. */
    @Test
    void gatewayWhoseClockIsALittleAheadDelaysNothing() {
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofMillis(1_500));
        try (RedisSide side = new RedisSide(redis.uri(), "gw-b")) {
            side.awaitConnected();
            RedisWebhookStore other =
                    new RedisWebhookStore(side.backend().clients().get(0), GatewayConfig.of(), "gw-b", ahead);
            Delivery first = delivery("wd_1", "ep_1", "alice", ahead.millis());
            Delivery second = delivery("wd_2", "ep_1", "alice", ahead.millis());
            get(other.add(null, List.of(first, second)));
            assertThat(due("ep_1")).containsExactly("wd_1", "wd_2");

            get(other.settle(List.of(after(first, Delivery.Status.PENDING, ahead.millis() + 400))));
            assertThat(due("ep_1")).as("is not hurried").containsExactly("wd_2");
            get(other.settle(List.of(after(first, Delivery.Status.PENDING, ahead.millis()))));
            assertThat(due("ep_1")).containsExactlyInAnyOrder("wd_1", "wd_2");
            get(other.settle(List.of(after(first, DELIVERED, 0))));
            get(other.redeliver(List.of("wd_1"), ahead.millis()));
            assertThat(due("ep_1")).containsExactlyInAnyOrder("wd_1", "wd_2");
            assertThat(claim()).containsExactly("ep_1");
        }
    }

    @Test
    void userWhoMayNotSeeTheKeysOfWebhooksHasJobsAndNoOutage() {
        redis.cli("ACL", "SETUSER", "old", "on", ">pw", "~job:*", "~{job:*", "~ringback:*", "&*", "+@all");
        try (RedisSide side = new RedisSide("redis://old:pw@" + redis.address(), "gw-old")) {
            side.awaitConnected();
            WebhookStore forbidden = side.backend().webhooks();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> get(forbidden.claim(1)))
                        .cause()
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                failure -> assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE))
                        .hasMessageContaining("NOPERM");
            }
            assertThat(get(side.store().apply(JobId.of("a"), JobChange.to(JobState.COMPLETED), WORKER))
                            .outcome())
                    .hasToString("APPLIED");
            assertThatThrownBy(() -> get(forbidden.endpoints())).hasMessageContaining("NOPERM");
            assertThat(side.store().outage()).isNull();
        }
    }

    @Test
    void redisWithoutRoomIsAnOutageThoughWebhooksAreStillReadAndForgotten() {
        Delivery ended = delivery("wd_1", "ep_1", 0);
        add(ended, delivery("wd_2", "ep_1", 0));
        settle(after(ended, DELIVERED, 0));
        redis.cli("CONFIG", "SET", "maxmemory", "1");
        try {
            assertThatThrownBy(() -> add(delivery("wd_3", "ep_1", 0))).hasMessageContaining("OOM");
            assertThatThrownBy(() -> end(idOnTheConnectionOfWebhooks())).hasMessageContaining("OOM");
            assertThat(due("ep_1")).containsExactly("wd_2");
            assertThat(get(store().purge(List.of("wd_1")))).isEqualTo(1);
            assertThat(tested.jobs().outage()).contains("OOM");
        } finally {
            redis.cli("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(get(store().delivery("wd_3"))).isNull();
    }

    /** A job of the first of two shards. */
    private static String idOnTheConnectionOfWebhooks() {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "job-" + i)
                .filter(id -> JobId.of(id).hashCode() % 2 == 0)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyEndIsInTheOutboxOrADeliveryAndNeverInBothWhenRedisIsKilledAgainAndAgain() throws Exception {
        long seed = Long.getLong("webhooks.seed", System.nanoTime());
        Random random = new Random(seed);
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        AtomicInteger made = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Thread worker =
                new Thread(() -> Repeating.whileNot(over, () -> endOne("job-" + made.getAndIncrement(), acknowledged)));
        Thread courier = new Thread(() -> Repeating.whileNot(over, this::deliverSome));
        worker.start();
        courier.start();
        try {
            for (int kill = 0; kill < 4; kill++) {
                int enough = acknowledged.size() + 50 + random.nextInt(200);
                awaitTrue(() -> acknowledged.size() > enough);
                redis.kill();
                redis.restart(true);
            }
        } finally {
            over.set(true);
            worker.join();
            courier.join();
        }
        awaitTrue(() -> tested.jobs().outage() == null);

        List<String> waiting = jobsInOutbox();
        assertThat(waiting).as("seed " + seed).doesNotHaveDuplicates();
        assertThat(acknowledged.size()).isGreaterThan(200);
        int delivered = 0;
        for (int i = 0; i < made.get(); i++) {
            String id = "job-" + i;
            boolean ended = "completed".equals(redis.cli("HGET", "job:" + id, "status"));
            boolean isDelivery = Long.valueOf(1).equals(redis.cli("EXISTS", PREFIX + "delivery:wd_" + id));
            assertThat(ended || !acknowledged.contains(id))
                    .as(id + ", seed " + seed)
                    .isTrue();
            assertThat((waiting.contains(id) ? 1 : 0) + (isDelivery ? 1 : 0))
                    .as(id + ", ended " + ended + ", seed " + seed)
                    .isEqualTo(ended ? 1 : 0);
            delivered += isDelivery ? 1 : 0;
        }
        System.out.printf(
                "%,d ends acknowledged through 4 kills of Redis: %,d deliveries, %,d wait%n",
                acknowledged.size(), delivered, waiting.size());
    }

    private void endOne(String id, Collection<String> acknowledged) {
        create(id, HOOK);
        end(id);
        acknowledged.add(id);
    }

    private void deliverSome() {
        List<CompletableFuture<Void>> adding = new ArrayList<>();
        for (Waiting waiting : get(store().outbox(10))) {
            String id = waiting.event().job().present().jobId().toString();
            adding.add(store().add(waiting.name(), List.of(delivery("wd_" + id, "ep_1", 0)))
                    .toCompletableFuture());
        }
        adding.forEach(CompletableFuture::join);
    }

    @Test
    void ofManyGatewaysThatTakeTheSameEventOnlyOneMakesDeliveries() {
        IntStream.range(0, 20).forEach(i -> {
            create("job-" + i, HOOK);
            end("job-" + i);
        });
        WebhooksUnderTest other = tested.another();
        List<CompletableFuture<Void>> adding = new ArrayList<>();
        for (Waiting waiting : outbox()) {
            String id = waiting.event().job().present().jobId().toString();
            for (WebhookStore one : List.of(store(), other.webhooks())) {
                adding.add(one.add(waiting.name(), List.of(delivery("wd_" + id + "-" + adding.size(), "ep_1", 0)))
                        .toCompletableFuture());
            }
        }
        adding.forEach(CompletableFuture::join);

        assertThat(redis.cli("ZCARD", PREFIX + "all")).isEqualTo(20L);
        assertThat(outbox()).isEmpty();
    }

    @Test
    void workerThatRunsTheScriptByItselfIsToldOfToo() {
        get(tested.jobs().create(JobId.of("a"), job(), new JobStore.Submission("alice", "f")));
        redis.cli(
                "EVAL",
                new String(ApplyScript.source(), UTF_8),
                "3",
                "job:a",
                "{job:a}:log",
                "{job:a}:result",
                "apply",
                "status",
                "done");

        assertThat(jobsInOutbox()).containsExactly("a");
    }

    private static NewJob job() {
        return new NewJob("t", null, 0, bytes(HOOK), null, null, null, NewJob.Plan.NONE);
    }
}
