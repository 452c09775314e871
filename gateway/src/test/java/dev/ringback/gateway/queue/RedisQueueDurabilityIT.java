package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.queue.DependencyStore.Waiting;
import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob.AfterFailure;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code store.durability = replicated} promises of queues: no job that was taken in is lost, and none comes back. */
class RedisQueueDurabilityIT extends QueuesFixture {
    private static final String PREFIX = "{ringback:queue:" + TYPE + "}:";

    private final RedisProcess primary = RedisProcess.start("--repl-diskless-sync-delay", "0");
    private final RedisProcess replica = RedisProcess.start("--replicaof", "127.0.0.1 " + primary.port());

    @Override
    QueuesUnderTest newQueues(String... settings) {
        awaitThat(() ->
                assertThat(String.valueOf(primary.cli("INFO", "replication"))).contains("state=online"));
        return RedisQueues.onEmpty(
                primary,
                "store.kind=redis",
                "store.durability=replicated",
                "store.replication-timeout=3s",
                "store.timeout=15s");
    }

    /** Redis goes last: who loses it connects again, and is not to be closed in the middle of that. */
    @AfterEach
    @Override
    void closeQueues() {
        super.closeQueues();
        replica.close();
        primary.close();
    }

    private Object onReplica(String... command) {
        return replica.cli(command);
    }

    @Test
    void whatIsAddedReturnedAndRemovedIsOnTheReplicaAlready() {
        for (int i = 0; i < 50; i++) {
            String id = "job-" + i;
            add(entry(id));
            assertThat(onReplica("ZSCORE", PREFIX + "jobs", id)).isNotNull();
            assertThat(onReplica("ZSCORE", "ringback:queues", TYPE)).isNotNull();
            giveBack(takeOne(), 0, Return.RETRIED);
            assertThat(onReplica("HGET", PREFIX + "counts", "retried")).isEqualTo(Integer.toString(i + 1));
            end(id, Ending.DEAD);
            assertThat(onReplica("ZSCORE", PREFIX + "jobs", id)).isNull();
            get(store().bury(TYPE, List.of(JobId.of(id))));
            assertThat(onReplica("EXISTS", PREFIX + "dead")).isEqualTo(0L);
        }
        get(tested.dependencies().await(new Waiting(entry("b"), Set.of(JobId.of("a")), AfterFailure.FAIL, 0)));
        assertThat(onReplica("EXISTS", "{ringback:dependencies}:job:b")).isEqualTo(1L);
    }

    @Test
    void leasesDoNotWaitForAReplicaAndAdditionsDo() {
        add(entry("a"));
        replica.freeze();
        Lease lease = takeOne();
        assertThat(renew(lease)).isPositive();
        assertThat(lost(9)).isEmpty();
        assertThat(figures().leased()).isEqualTo(1);
        assertThatThrownBy(() -> add(entry("b"))).hasMessageContaining("0 of 1 replicas");
        assertThatThrownBy(() -> end("a", Ending.COMPLETED)).hasMessageContaining("0 of 1 replicas");

        replica.thaw();
        awaitThat(() -> assertThat(add(entry("b"))).isEqualTo(Added.PRESENT));
    }
}
