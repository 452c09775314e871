package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.queue.QueueStore.Taken;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.Repeating;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Queues of several gateways, and of a Redis that dies, is full, is emptied, or says nothing. */
class RedisQueueFaultsIT extends QueuesFixture {
    private static final String PREFIX = "{ringback:queue:" + TYPE + "}:";
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
    QueuesUnderTest newQueues(String... settings) {
        return RedisQueues.onEmpty(redis, settings);
    }

    private RedisQueues queues() {
        return (RedisQueues) tested;
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "job-" + i).toList();
    }

    private void addAll(List<String> names) {
        for (int from = 0; from < names.size(); from += 500) {
            CompletableFuture<?>[] adding = names.subList(from, Math.min(names.size(), from + 500)).stream()
                    .map(name -> store().add(entry(name, "owner-" + Math.floorMod(name.hashCode(), 5)))
                            .toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new);
            get(CompletableFuture.allOf(adding));
        }
    }

    // ── several gateways ───────────────────────────────────────────────────────────────────────────────────────

    @Test
    void eightTakersOnTwoGatewaysHaveEachOfTenThousandJobsOnce() {
        QueuesUnderTest other = tested.another();
        List<String> names = names(10_000);
        addAll(names);
        ConcurrentLinkedQueue<String> had = new ConcurrentLinkedQueue<>();
        List<CompletionStage<Void>> taking = new ArrayList<>();
        for (int taker = 0; taker < 8; taker++) {
            taking.add(workOff(taker % 2 == 0 ? store() : other.store(), taker % 4 + 1, had));
        }
        taking.forEach(stage ->
                stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join());

        assertThat(had).hasSize(10_000).doesNotHaveDuplicates().containsAll(names);
        assertThat(counts()).isEqualTo(new QueueFigures.Counts(10_000, 10_000, 0, 0, 0, 0, 0, 0));
        List<?> left = (List<?>) redis.cli("KEYS", PREFIX + "*");
        assertThat(Set.of(PREFIX + "counts", PREFIX + "workers", PREFIX + "hungry"))
                .containsAll(left.stream().map(String::valueOf).toList());
    }

    private static CompletionStage<Void> workOff(QueueStore store, int most, ConcurrentLinkedQueue<String> had) {
        return store.take(wish(most)).thenCompose(some -> {
            had.addAll(ids(some));
            CompletableFuture<?>[] ending = some.leases().stream()
                    .map(lease -> store.end(TYPE, lease.id(), Ending.COMPLETED).toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture<Void> ended = CompletableFuture.allOf(ending);
            return some.leases().isEmpty() ? ended : ended.thenCompose(done -> workOff(store, most, had));
        });
    }

    @Test
    void gatewayHearsWhatAnotherAddsAndGivesBackWithoutBeingReminded() {
        RedisQueues other = queues().another();
        other.endReminders();
        List<String> heard = new CopyOnWriteArrayList<>();
        other.store().onWork(heard::add);
        assertThat(get(other.store().take(wish(1))).leases()).isEmpty();
        add(entry("a"));
        awaitThat(() -> assertThat(heard).containsExactly(TYPE));

        Lease lease = takeOne();
        assertThat(get(other.store().take(wish(1))).leases()).isEmpty();
        giveBack(lease, 0, Return.RELEASED);
        awaitThat(() -> assertThat(heard).containsExactly(TYPE, TYPE));
        add(entry("b"));
        add(ofType("resize", "c"));
        assertThat(get(other.store().take(wish(9))).leases()).hasSize(2);
        assertThat(heard).as("once for each time that it wished for more").hasSize(2);
    }

    @Test
    void whoTookTheLastBeforeOthersHearsOfAnAdditionOnce() {
        queues().endReminders();
        List<String> heard = new CopyOnWriteArrayList<>();
        store().onWork(heard::add);
        add(entry("a"));
        assertThat(ids(take(wish(1).beforeOthers()))).containsExactly("a");
        add(entry("b"));
        add(entry("c"));
        awaitThat(() -> assertThat(heard).containsExactly(TYPE));
        assertThat(take(wish(1).beforeOthers()).drained()).isFalse();
        assertThat(take(wish(1)).drained()).isFalse();
        add(entry("d"));
        assertThat(taken(2)).containsExactly("d");
        add(entry("e"));
        awaitThat(() -> assertThat(heard)
                .as("of e, and not of d, for which nobody waited")
                .hasSize(2));
    }

    @Test
    void typesOfAllKindsAreKeptApartAndHeardOf() {
        queues().endReminders();
        List<String> heard = new CopyOnWriteArrayList<>();
        store().onWork(heard::add);
        String[] types = {"a", "a}:of:b", "%7D", "}", "{x}", "é b", "{a}"};
        for (String type : types) {
            assertThat(take(wish(type, 1)).leases()).isEmpty();
        }
        for (String type : types) {
            assertThat(add(ofType(type, "job"))).isEqualTo(Added.ADDED);
            awaitThat(() -> assertThat(heard).contains(type));
        }
        assertThat(heard).containsExactly(types);
        for (String type : types) {
            assertThat(ids(take(wish(type, 9)))).containsExactly("job");
        }
        assertThat(get(store().types(0, 1_000))).containsExactlyInAnyOrder(types);
    }

    @Test
    void typeThatIsWishedForIsNamedOnEachNewConnection() {
        queues().endReminders();
        List<String> heard = new CopyOnWriteArrayList<>();
        store().onWork(heard::add);
        assertThat(taken(1)).isEmpty();
        queues().reconnect();
        awaitThat(() -> assertThat(heard).containsExactly(TYPE));
        add(entry("a"));
        awaitThat(() -> assertThat(heard).as("the new connection hears too").hasSize(2));
    }

    @Test
    void typeThatIsWishedForIsNamedAgainThoughNothingWasHeard() {
        List<String> heard = new CopyOnWriteArrayList<>();
        store().onWork(heard::add);
        assertThat(taken(1)).isEmpty();
        redis.cli("DEL", PREFIX + "hungry");
        add(entry("a"));
        awaitThat(() -> assertThat(heard).contains(TYPE));
    }

    // ── a Redis that dies, is full, or is emptied ──────────────────────────────────────────────────────────────

    @Test
    void whatWasAcknowledgedSurvivesWhenRedisIsKilledAgainAndAgain() throws Exception {
        Set<String> added = ConcurrentHashMap.newKeySet();
        Set<String> triedToEnd = ConcurrentHashMap.newKeySet();
        Set<String> ended = ConcurrentHashMap.newKeySet();
        Set<String> leased = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        Thread submitter = new Thread(() -> Repeating.whileNot(over, new SubmitOne(added)));
        Thread worker = new Thread(() -> Repeating.whileNot(over, () -> {
            for (Lease lease : take(wish(3)).leases()) {
                String id = lease.id().toString();
                leased.add(id);
                if (Math.floorMod(id.hashCode(), 4) > 0) {
                    triedToEnd.add(id);
                    end(id, Ending.COMPLETED);
                    ended.add(id);
                }
            }
        }));
        submitter.start();
        worker.start();
        try {
            for (int kill = 0; kill < 4; kill++) {
                int enough = ended.size() + 60;
                awaitThat(() -> assertThat(ended.size()).isGreaterThan(enough));
                redis.kill();
                redis.restart(true);
            }
        } finally {
            over.set(true);
            submitter.join();
            worker.join();
        }

        awaitThat(() -> assertThat(queues().isWhole()).isTrue());
        assertThat(ended.size()).isGreaterThan(200);
        for (String id : added) {
            boolean waits = redis.cli("ZSCORE", PREFIX + "jobs", id) != null;
            boolean isLeased = redis.cli("HGET", PREFIX + "leases", id) != null;
            assertThat(waits && isLeased).as(id).isFalse();
            assertThat(waits || isLeased || triedToEnd.contains(id)).as(id).isTrue();
            assertThat(waits && leased.contains(id)).as(id).isFalse();
            assertThat((waits || isLeased) && ended.contains(id)).as(id).isFalse();
        }
        assertThat(redis.cli("ZCARD", PREFIX + "leased")).isEqualTo(redis.cli("HLEN", PREFIX + "leases"));
        assertThat(redis.cli("ZCARD", PREFIX + "jobs")).isEqualTo(redis.cli("ZCARD", PREFIX + "of:alice"));
        System.out.printf(
                "%,d jobs added, %,d leased, %,d ended through 4 kills of Redis%n",
                added.size(), leased.size(), ended.size());
    }

    private final class SubmitOne implements Runnable {
        private final Set<String> added;
        private int made;

        private SubmitOne(Set<String> added) {
            this.added = added;
        }

        @Override
        public void run() {
            String id = "job-" + made++;
            add(entry(id));
            added.add(id);
        }
    }

    @Test
    void redisWithoutRoomTakesNoJobButLetsWorkersGoOn() {
        add(entry("a"));
        add(entry("b"));
        add(dueIn(50, "c"));
        Lease first = takeOne();
        pass(60);
        redis.cli("CONFIG", "SET", "maxmemory", "1");
        try {
            assertThatThrownBy(() -> add(entry("d")))
                    .cause()
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(StoreException.Kind.FULL));
            assertThat(renew(first)).isPositive();
            Taken more = take(wish(9));
            assertThat(ids(more)).containsExactlyInAnyOrder("b", "c");
            assertThat(taken(9)).isEmpty();
            giveBack(more.leases().get(0), 0, Return.RELEASED);
            end("a", Ending.DEAD);
            end("c", Ending.COMPLETED);
        } finally {
            redis.cli("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(figures())
                .returns(1L, QueueFigures::waiting)
                .returns(0L, QueueFigures::leased)
                .returns(new QueueFigures.Counts(3, 1, 0, 0, 1, 0, 1, 0), QueueFigures::counts);
        assertThat(dead()).containsExactly("a");
    }

    @Test
    void typeIsListedAgainWhereRedisWasEmptiedMeanwhile() {
        add(entry("a"));
        redis.cli("FLUSHALL");
        assertThat(add(entry("a"))).isEqualTo(Added.ADDED);
        assertThat(get(store().types(0, 9))).containsExactly(TYPE);
    }

    @Test
    void unknownJobInTheWayIsPassedOver() {
        add(entry("a"));
        redis.cli("ZADD", PREFIX + "owners", "-1", "gone");
        redis.cli("ZADD", PREFIX + "leased", "1", "never-leased");
        assertThat(lost(9)).isEmpty();
        assertThat(taken(9)).containsExactly("a");
        assertThat(redis.cli("ZCARD", PREFIX + "leased")).isEqualTo(1L);
        assertThat(get(store().oldest(TYPE, 0, 9))).doesNotContain(JobId.of("a"));
    }
}
