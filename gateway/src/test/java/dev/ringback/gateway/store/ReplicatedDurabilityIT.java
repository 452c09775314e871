package dev.ringback.gateway.store;

import static dev.ringback.gateway.testkit.RedisSide.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code store.durability = replicated} promises: acknowledged means that a replica has it. */
class ReplicatedDurabilityIT {
    private static final JobId ID = JobId.of("123");
    private static final JobChange PROGRESS = change(JobState.PROCESSING);
    private static final JobChange COMPLETED = change(JobState.COMPLETED);
    private static final JobStore.Origin WORKER = new JobStore.Origin(null, true, null);

    private ReplicatedRedis redis;
    private RedisSide side;

    @BeforeEach
    void start() {
        redis = new ReplicatedRedis();
        side = new RedisSide(
                redis.primary.uri(),
                "gw-a",
                ReplicatedRedis.settings("store.replication-timeout=1s", "store.timeout=5s"));
        side.awaitConnected();
    }

    @AfterEach
    void stop() {
        redis.close();
        side.close();
    }

    private static JobChange change(JobState state) {
        return new JobChange(state, null, null, null, null, null, null);
    }

    private CompletableFuture<StoreWrite> apply(JobId id, JobChange change) {
        return side.store().apply(id, change, WORKER).toCompletableFuture();
    }

    private StoreWrite applied(JobChange change) throws Exception {
        return apply(ID, change).get(10, TimeUnit.SECONDS);
    }

    private Object statusOnReplica(JobId id) {
        return redis.replica.cli("HGET", "job:" + id, "status");
    }

    @Test
    void acknowledgedChangeIsOnTheReplicaAlreadyAndIsPublished() throws Exception {
        side.follow(ID);
        for (int i = 0; i < 100; i++) {
            JobId id = JobId.of("job" + i);
            assertThat(apply(id, COMPLETED).get(10, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.APPLIED);
            assertThat(statusOnReplica(id)).isEqualTo("completed");
        }
        applied(COMPLETED);

        awaitTrue(() -> side.relayed(ID).size() == 1);
    }

    @Test
    void changeThatNoReplicaHasIsNeitherAcknowledgedNorPublishedUntilItIsRepeated() throws Exception {
        side.follow(ID);
        redis.replica.freeze();
        assertThatThrownBy(() -> applied(COMPLETED))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(StoreException.Kind.TIMEOUT))
                .hasMessage("0 of 1 replicas had the change within 1000 ms");
        assertThatThrownBy(() -> applied(COMPLETED))
                .as("a repeat of what is on the primary only")
                .hasMessageContaining("0 of 1 replicas");
        assertThat(side.relayed(ID)).isEmpty();
        assertThat(side.counters().replicaWaitsShort.sum()).isEqualTo(2);

        redis.replica.thaw();
        assertThat(applied(COMPLETED).outcome()).isEqualTo(Outcome.DUPLICATE);
        awaitTrue(() -> side.relayed(ID).size() == 1);
        assertThat(statusOnReplica(ID)).isEqualTo("completed");
    }

    @Test
    void repeatThroughAnotherGatewayWaitsForTheFirstGatewaysWrite() throws Exception {
        redis.replica.freeze();
        assertThatThrownBy(() -> applied(COMPLETED)).hasMessageContaining("0 of 1 replicas");
        try (RedisSide other = new RedisSide(
                redis.primary.uri(),
                "gw-b",
                ReplicatedRedis.settings("store.replication-timeout=1s", "store.timeout=5s"))) {
            other.awaitConnected();
            assertThatThrownBy(() -> other.store()
                            .apply(ID, COMPLETED, WORKER)
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("0 of 1 replicas");
        }
        redis.replica.thaw();
    }

    @Test
    void refusalThatNoReplicaKnowsOfIsNoAnswer() throws Exception {
        redis.replica.freeze();
        assertThatThrownBy(() -> applied(COMPLETED)).hasMessageContaining("0 of 1 replicas");
        assertThatThrownBy(() -> applied(change(JobState.FAILED)))
                .as("the end that it is refused for may yet be undone")
                .hasMessageContaining("0 of 1 replicas");
        assertThat(side.store().outage()).contains("0 of 1 replicas");

        redis.replica.thaw();
        assertThat(applied(change(JobState.FAILED)).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(side.store().outage()).isNull();
        assertThat(statusOnReplica(ID)).isEqualTo("completed");
    }

    @Test
    void changeWhoseReplicasCannotBeAskedForMayHaveHappened() throws Exception {
        redis.primary.cli("ACL", "SETUSER", "gw", "on", ">pw", "~*", "&*", "+@all", "-wait");
        try (RedisSide other =
                new RedisSide("redis://gw:pw@127.0.0.1:" + redis.primary.port(), "gw-b", ReplicatedRedis.settings())) {
            other.awaitConnected();
            assertThatThrownBy(() -> other.store()
                            .apply(ID, COMPLETED, WORKER)
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(StoreException.Kind.TIMEOUT))
                    .hasMessageContaining("NOPERM");
        }
    }

    @Test
    void repeatIsAnsweredThoughRedisIsFull() throws Exception {
        applied(COMPLETED);
        redis.primary.cli("CONFIG", "SET", "maxmemory", "1mb");

        assertThat(applied(COMPLETED).outcome()).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void oneWaitServesManyChanges() {
        List<CompletableFuture<StoreWrite>> writes = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            writes.add(apply(JobId.of("job" + i), PROGRESS));
        }
        CompletableFuture.allOf(writes.toArray(CompletableFuture<?>[]::new))
                .orTimeout(10, TimeUnit.SECONDS)
                .join();

        assertThat(side.counters().replicaWaits.sum()).isBetween(1L, 500L);
    }

    @Test
    void everyAcknowledgedEndSurvivesTheLossOfThePrimary() throws Exception {
        Set<JobId> acknowledged = ConcurrentHashMap.newKeySet();
        CompletableFuture<?>[] workers = IntStream.range(0, 100)
                .mapToObj(worker -> endJobsUntilOneFails(worker, 0, acknowledged))
                .toArray(CompletableFuture<?>[]::new);
        awaitTrue(() -> acknowledged.size() > 2_000);
        redis.primary.kill();
        CompletableFuture.allOf(workers).get(30, TimeUnit.SECONDS);
        redis.replica.cli("REPLICAOF", "NO", "ONE");

        assertThat(acknowledged).allMatch(id -> "completed".equals(statusOnReplica(id)));
        System.out.printf("%,d ends were acknowledged before the primary died; all survived%n", acknowledged.size());
    }

    private CompletableFuture<Void> endJobsUntilOneFails(int worker, int number, Set<JobId> acknowledged) {
        JobId id = JobId.of("job-" + worker + "-" + number);
        return apply(id, COMPLETED)
                .thenComposeAsync(write -> {
                    acknowledged.add(id);
                    return endJobsUntilOneFails(worker, number + 1, acknowledged);
                })
                .exceptionally(failure -> null);
    }
}
