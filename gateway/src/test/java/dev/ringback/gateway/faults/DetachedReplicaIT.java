package dev.ringback.gateway.faults;

import static dev.ringback.gateway.faults.Trial.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.SentinelGroup;
import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A replica that replicates nothing any more, and answers reads, subscriptions and canaries as if all were well: gateways do not stay
 * with one, and what is lost where one is promoted (I1, I7).
 */
@Tag("chaos")
@ExtendWith(SeedWatcher.class)
class DetachedReplicaIT {
    private static final int JOBS = 300;
    private static final int WORKERS = 16;
    /** As {@link SentinelFailoverIT} has it. */
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private static GatewayProcess gateway(SentinelGroup group, String... settings) {
        String[] all = {"store.kind=redis", "redis.uri=" + group.uri(), "redis.required=false", "hub.sweep-interval=1h"
        };
        return GatewayProcess.start(Stream.of(all, settings).flatMap(Stream::of).toArray(String[]::new));
    }

    private static void detach(RedisProcess redis) {
        assertThat(redis.cli("REPLICAOF", "127.0.0.1", Integer.toString(RedisProcess.freePort())))
                .isEqualTo("OK");
    }

    /** Nobody writes, not even the keeper of the indexes, and the canary that a gateway sends there comes back: only the role tells. */
    @Test
    void gatewaysLeaveAPrimaryThatBecameADetachedReplica() throws Exception {
        try (SentinelGroup group = SentinelGroup.start();
                GatewayProcess a = gateway(group, "jobs.index-repair=0");
                GatewayProcess b = gateway(group, "jobs.index-repair=0");
                Trial trial = new Trial(Seed.value(), JOBS, a.port(), b.port())) {
            awaitThat("both are ready at first", () -> Trial.areReady(a, b));
            List<JobId> jobs = trial.makeAndFollow(JOBS, a, b);
            RedisProcess primary = group.primary();
            long beganNanos = System.nanoTime();
            detach(primary);
            awaitThat("both say so", () -> saysSo(a) && saysSo(b));
            group.failOver();
            group.settle();
            trial.note(new Fault("detached primary", beganNanos, System.nanoTime()));
            trial.complete(WORKERS, jobs).join();
            trial.awaitAllEnded();
            Stats stats = trial.judge(group.primary(), WITHIN, true).stats();
            report("was the primary", stats, trial);
            assertThat(stats.undoneEnds()).isZero();
        }
    }

    private static boolean saysSo(GatewayProcess gateway) {
        return gateway.readiness().statusCode() == 503
                && gateway.readiness().body().contains("is a replica");
    }

    @Test
    void promotedOneUndoesWhatFewerReplicasThanThereAreAcknowledged() throws Exception {
        Seed.assumeLong();
        Stats stats = promote(1);
        assertThat(stats.undoneEnds()).isPositive();
        assertThat(stats.resetsHeard()).isPositive();
    }

    @Test
    void promotedOneUndoesNothingWhereAllReplicasHaveToAcknowledge() throws Exception {
        assertThat(promote(SentinelGroup.REPLICAS).undoneEnds()).isZero();
    }

    private static Stats promote(int replicas) throws Exception {
        try (SentinelGroup group = SentinelGroup.start();
                GatewayProcess gateway = gateway(group, "store.durability=replicated", "store.replicas=" + replicas);
                Trial trial = new Trial(Seed.value(), JOBS, gateway.port())) {
            awaitThat("it is ready at first", () -> Trial.areReady(gateway));
            List<JobId> jobs = trial.makeAndFollow(JOBS, gateway);
            RedisProcess chosen = group.replicas().get(0);
            group.prefer(chosen);
            RedisProcess primary = group.primary();
            long beganNanos = System.nanoTime();
            detach(chosen);
            trial.each(WORKERS, jobs.subList(0, WORKERS), (worker, job) -> worker.progress(job, 1, 2))
                    .join();
            CompletableFuture<Void> during = trial.complete(WORKERS, jobs.subList(JOBS / 3, JOBS));
            // Soon: the Sentinels attach a replica again that follows another than theirs.
            awaitThat("some ended, or can't", () -> trial.acknowledgedEnds() + trial.unknownWrites() > 2 * WORKERS);
            primary.kill();
            group.awaitOtherPrimary(primary);
            assertThat(group.primary()).isSameAs(chosen);
            primary.restart(true);
            group.settle();
            trial.note(new Fault("detached replica promoted", beganNanos, System.nanoTime()));
            during.join();
            trial.complete(WORKERS, jobs.subList(0, JOBS / 3)).join();
            trial.failLeftovers(group.primary());
            trial.awaitAllEnded();
            Stats stats = trial.judge(group.primary(), WITHIN, replicas == SentinelGroup.REPLICAS)
                    .stats();
            report("was promoted, store.replicas " + replicas, stats, trial);
            return stats;
        }
    }

    private static void report(String what, Stats stats, Trial trial) {
        System.out.printf(
                "measured: detached replica %s: %d of %d acknowledged ends undone, %d resets heard, %d writes unknown, worst"
                        + " delay of an end %d ms%n",
                what,
                stats.undoneEnds(),
                stats.acknowledgedEnds(),
                stats.resetsHeard(),
                trial.unknownWrites(),
                Duration.ofNanos(stats.worstDelayNanos()).toMillis());
    }
}
