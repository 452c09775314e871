package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringback.gateway.queue.DependencyStore.Waiting;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob.AfterFailure;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the keys of queues are, and what becomes of operations where one holds what is none of ours. */
class RedisQueueDamageIT extends QueuesFixture {
    private static final String PREFIX = "{ringback:queue:" + TYPE + "}:";
    /** One node that has all slots, and says in which a key is. */
    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start("--cluster-enabled", "yes");
        if (redis.majorVersion() >= 7) {
            redis.cli("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        }
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    QueuesUnderTest newQueues(String... settings) {
        awaitThat(() -> assertThat(String.valueOf(redis.cli("CLUSTER", "INFO"))).contains("cluster_state:ok"));
        return RedisQueues.onEmpty(redis, settings);
    }

    /** Jobs in each state that there is, so that each key is there. */
    private Lease fill() {
        addInTurn(
                withPriority("dead", 5), withPriority("leased", 4), withPriority("waiting", 3), entry("nobodys", null));
        addInTurn(dueIn(600_000, "delayed"));
        takeOne();
        end("dead", Ending.DEAD);
        take(wishOf("nobody", 1));
        return takeOne();
    }

    private static Map<String, Object> keys() {
        Map<String, Object> dumps = new TreeMap<>();
        for (Object key : (List<?>) redis.cli("KEYS", "{*")) {
            String name = String.valueOf(key);
            dumps.put(name, String.valueOf(redis.cli("DEBUG", "DIGEST-VALUE", name)));
        }
        return dumps;
    }

    private Map<String, Supplier<CompletionStage<?>>> operations(Lease lease) {
        Map<String, Supplier<CompletionStage<?>>> all = new LinkedHashMap<>();
        all.put("add", () -> store().add(entry("new")));
        all.put("take", () -> store().take(wishOf("alice", 9)));
        all.put("renew", () -> store().renew(TYPE, lease.id(), lease.leaseId(), 1));
        all.put("lost", () -> store().lost(TYPE, 9));
        all.put("give back", () -> store().giveBack(TYPE, lease.id(), lease.leaseId(), 0, Return.RETRIED));
        all.put("end what is leased", () -> store().end(TYPE, lease.id(), Ending.DEAD));
        all.put("end what waits", () -> store().end(TYPE, JobId.of("waiting"), Ending.DEAD));
        all.put("end what is delayed", () -> store().end(TYPE, JobId.of("delayed"), Ending.DEAD));
        all.put("figures", () -> store().figures(TYPE));
        return all;
    }

    private static StoreException failure(Supplier<CompletionStage<?>> operation) {
        CompletionException failed = catchThrowableOfType(CompletionException.class, () -> get(operation.get()));
        return failed == null ? null : (StoreException) failed.getCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"jobs", "facts", "delayed", "of:alice", "owners", "leased", "leases", "dead", "workers", "counts"
            })
    void keyThatHoldsSomethingElseIsAnErrorThatChangesNothing(String suffix) {
        Lease lease = fill();
        assertThat(redis.cli("DEL", PREFIX + suffix)).isEqualTo(1L);
        redis.cli("SET", PREFIX + suffix, "somebody else's");
        Map<String, Object> before = keys();
        operations(lease).forEach((name, operation) -> {
            if (suffix.startsWith("of:")
                    && List.of("renew", "lost", "end what is leased").contains(name)) {
                return;
            }
            StoreException failure = failure(operation);
            if (failure != null || !name.equals("figures")) {
                assertThat(failure).as(name).isNotNull();
                assertThat(failure.kind()).as(name).isEqualTo(StoreException.Kind.CORRUPT);
            }
            assertThat(keys()).as(name).isEqualTo(before);
        });

        redis.cli("DEL", PREFIX + suffix);
        operations(lease)
                .forEach((name, operation) ->
                        assertThat(failure(operation)).as(name).isNull());
    }

    @ParameterizedTest
    @ValueSource(strings = {"job:b", "after:b", "downstream:a", "checks"})
    void damagedDependencyIsAnErrorThatChangesNothing(String suffix) {
        DependencyStore jobs = tested.dependencies();
        Waiting waiting = new Waiting(entry("b"), Set.of(JobId.of("a")), AfterFailure.FAIL, 0);
        Waiting another = new Waiting(entry("c"), Set.of(JobId.of("a")), AfterFailure.FAIL, 0);
        get(jobs.await(waiting));
        String key = "{ringback:dependencies}:" + suffix;
        assertThat(redis.cli("DEL", key)).isEqualTo(1L);
        redis.cli("SET", key, "somebody else's");
        Map<String, Object> before = keys();
        Map<String, Supplier<CompletionStage<?>>> concerned = switch (suffix) {
            case "job:b", "after:b" -> Map.of("waiting", () -> jobs.waiting(JobId.of("b")));
            case "downstream:a" ->
                Map.of("await", () -> jobs.await(another), "downstream", () -> jobs.downstream(JobId.of("a")));
            default ->
                Map.of(
                        "await",
                        () -> jobs.await(another),
                        "due",
                        () -> jobs.due(9),
                        "count",
                        jobs::count,
                        "forget",
                        () -> jobs.forget(JobId.of("b")));
        };
        concerned.forEach((name, operation) -> {
            assertThat(failure(operation)).as(name).isNotNull();
            assertThat(keys()).as(name).isEqualTo(before);
        });
    }

    @Test
    void keysOfATypeAreInOneSlotWhateverItIsCalled() {
        for (String type : List.of("transcode", "a}b", "{", "{x}y", "%7D", "é")) {
            for (int i = 0; i < 3; i++) {
                get(store().add(new Entry(JobId.of("job-" + i), type, "own}er{" + i, 1, 0)));
            }
            get(store().add(new Entry(JobId.of("later"), type, null, 0, tested.nowMillis() + 60_000)));
            take(wish(type, 2));
            get(store().end(type, JobId.of("job-0"), Ending.DEAD));
            take(wish(type, 9));
        }
        get(tested.dependencies().await(new Waiting(entry("b"), Set.of(JobId.of("a")), AfterFailure.FAIL, 0)));

        Map<String, Set<Object>> slots = new TreeMap<>();
        for (String key : keys().keySet()) {
            String tag = key.substring(0, key.indexOf('}') + 1);
            slots.computeIfAbsent(tag, none -> new HashSet<>()).add(redis.cli("CLUSTER", "KEYSLOT", key));
        }
        assertThat(slots)
                .hasSize(7)
                .allSatisfy((tag, found) -> assertThat(found).hasSize(1));
        assertThat(Set.copyOf(slots.values())).as("types are spread").hasSizeGreaterThan(1);
    }
}
