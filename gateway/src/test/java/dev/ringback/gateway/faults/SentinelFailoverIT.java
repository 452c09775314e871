package dev.ringback.gateway.faults;

import static dev.ringback.gateway.faults.Trial.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.SentinelGroup;
import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sentinels put a replica in the primary's place, for each reason that they may have, under two gateways that find their Redis
 * through them: what each durability level makes of the ends that were acknowledged (I1), and that nobody is left behind on the
 * primary of before (I4).
 */
@Tag("chaos")
@ExtendWith(SeedWatcher.class)
class SentinelFailoverIT {
    private static final int JOBS = 900;
    private static final int STILL_WAITING = 10_000;
    private static final int ENDING = 500;
    private static final int WORKERS = 32;

    /**
     * Counted from the moment when the new primary has all its replicas. A gateway asks once a second and dials within another; the
     * rest is for a busy machine, far below the sweep's hour.
     */
    private static final Duration WITHIN = Duration.ofSeconds(20);

    /** Why there is another primary. */
    enum Reason {
        /** {@code kill -9}; it comes back later, and takes itself for the primary until it is told. */
        KILLED,
        /** {@code SENTINEL FAILOVER}: nothing was wrong with it. */
        ORDERED,
        /** {@code SIGSTOP} for longer than the Sentinels wait; thawed, it takes itself for the primary until it is told. */
        FROZEN;

        private void begin(SentinelGroup group, RedisProcess primary) {
            switch (this) {
                case KILLED -> primary.kill();
                case ORDERED -> group.failOver();
                case FROZEN -> primary.freeze();
            }
        }

        private void end(RedisProcess formerPrimary) {
            switch (this) {
                case KILLED -> formerPrimary.restart(true);
                case ORDERED -> {}
                case FROZEN -> formerPrimary.thaw();
            }
        }
    }

    /** In a short run the one of which a promoted replica may know nothing, and that goes on as a primary. */
    static Stream<Reason> reasonsWhenReplicated() {
        return Seed.isShort() ? Stream.of(Reason.FROZEN) : Stream.of(Reason.values());
    }

    static Stream<Reason> reasonsWhenStored() {
        return Seed.isShort()
                ? Stream.of(Seed.oneOf(List.of(Reason.KILLED, Reason.ORDERED)))
                : Stream.of(Reason.values());
    }

    private static GatewayProcess gateway(SentinelGroup group, String durability) {
        return GatewayProcess.start(
                "store.kind=redis",
                "redis.uri=" + group.uri(),
                "redis.required=false",
                "store.durability=" + durability,
                "store.replicas=" + SentinelGroup.REPLICAS,
                "hub.sweep-interval=1h");
    }

    @ParameterizedTest
    @MethodSource("reasonsWhenReplicated")
    void replicatedLosesNoAcknowledgedEnd(Reason reason) throws Exception {
        assertThat(failOver(reason, "replicated", JOBS / 3, JOBS / 3).undoneEnds())
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("reasonsWhenStored")
    void storedTellsTheTruthToWhoeverStillWaits(Reason reason) throws Exception {
        Stats stats = failOver(reason, "stored", JOBS / 3, JOBS / 3);
        if (reason == Reason.FROZEN) {
            assertThat(stats.undoneEnds()).isPositive();
            assertThat(stats.resetsHeard()).isPositive();
        }
    }

    @Test
    void tenThousandWaitersHearTheirEndsThroughAFailover() throws Exception {
        assertThat(failOver(Reason.KILLED, "replicated", STILL_WAITING, ENDING).undoneEnds())
                .isZero();
    }

    /**
     * @param staying so many jobs end when all is whole again
     * @param ending so many end before, and so many others during the failover
     */
    private static Stats failOver(Reason reason, String durability, int staying, int ending) throws Exception {
        int clients = staying + 2 * ending;
        try (SentinelGroup group = SentinelGroup.start();
                GatewayProcess a = gateway(group, durability);
                GatewayProcess b = gateway(group, durability);
                Trial trial = new Trial(Seed.value(), clients, a.port(), b.port())) {
            awaitThat("both are ready at first", () -> Trial.areReady(a, b));
            List<JobId> jobs = trial.makeAndFollow(clients, a, b);
            List<JobId> atTheEnd = jobs.subList(2 * ending, clients);
            CompletableFuture<Void> during;
            try (Trial.Movers movers = trial.move(4, Duration.ofMillis(10), atTheEnd)) {
                CompletableFuture<Void> before = trial.complete(WORKERS, jobs.subList(0, ending));
                awaitThat("some have ended", () -> trial.acknowledgedEnds() > ending / 3);
                during = change(reason, group, trial, jobs.subList(ending, 2 * ending));
                before.join();
                awaitThat("both are ready", () -> Trial.areReady(a, b));
                group.awaitReplicasWithout("ringback:");
                assertThat(movers).isNotNull();
            }
            during.join();
            trial.complete(WORKERS, atTheEnd).join();
            int leftovers = trial.failLeftovers(group.primary());
            trial.awaitAllEnded();
            boolean survives = durability.equals("replicated");
            Stats stats = trial.judge(group.primary(), WITHIN, survives).stats();
            report(reason, durability, stats, trial, a, b);
            assertThat(leftovers).isEqualTo(stats.undoneEnds());
            // Until as many replicas follow the new primary.
            assertThat(survives ? trial.unknownWrites() : 1).isPositive();
            return stats;
        }
    }

    private static CompletableFuture<Void> change(Reason reason, SentinelGroup group, Trial trial, List<JobId> ending) {
        RedisProcess before = group.primary();
        long beganNanos = System.nanoTime();
        reason.begin(group, before);
        CompletableFuture<Void> during = trial.complete(WORKERS, ending);
        group.awaitOtherPrimary(before);
        long otherNanos = System.nanoTime();
        reason.end(before);
        group.settle();
        long wholeNanos = System.nanoTime();
        trial.note(new Fault("failover, primary " + reason, beganNanos, wholeNanos));
        System.out.printf(
                "failover, primary %s: another after %d ms, with all replicas after %d ms%n",
                reason,
                Duration.ofNanos(otherNanos - beganNanos).toMillis(),
                Duration.ofNanos(wholeNanos - beganNanos).toMillis());
        return during;
    }

    private static void report(Reason reason, String durability, Stats stats, Trial trial, GatewayProcess... gateways)
            throws InterruptedException {
        System.out.printf(
                "measured: Sentinel failover, primary %s, %s: %d clients, %d of %d acknowledged ends undone, %d resets heard,"
                        + " %d writes unknown, %.0f connections to Redis made again, worst delay of an end %d ms%n",
                reason,
                durability,
                stats.clients(),
                stats.undoneEnds(),
                stats.acknowledgedEnds(),
                stats.resetsHeard(),
                trial.unknownWrites(),
                Trial.sum("ringback_redis_reconnects_total", gateways),
                Duration.ofNanos(stats.worstDelayNanos()).toMillis());
        assertThat(trial.heard(Heard.Kind.GONE)).isZero();
        assertThat(Trial.sum("ringback_redis_reconnects_total", gateways)).isPositive();
    }
}
