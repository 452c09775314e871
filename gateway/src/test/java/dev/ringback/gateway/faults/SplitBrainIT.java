package dev.ringback.gateway.faults;

import static dev.ringback.gateway.faults.Trial.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.Island;
import dev.ringback.gateway.testkit.Place;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.SentinelGroup;
import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.loadtest.check.Truth;
import dev.ringback.loadtest.client.Target;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The primary and one gateway are cut off from the replicas, the Sentinels and the other gateway, in a network namespace of their
 * own; clients and workers reach both sides. Two primaries then take changes, and one of them has to give way (I1, I2, I4).
 */
@Tag("chaos")
@ExtendWith(SeedWatcher.class)
class SplitBrainIT {
    private static final int JOBS = 600;
    private static final int WORKERS = 16;

    /** How long the cable stays cut after there is a second primary. */
    private static final Duration TWO_PRIMARIES = Duration.ofSeconds(4);

    /** A replica acknowledges once a second, and the primary looks once a second. */
    private static final int MAX_LAG_SECONDS = 3;

    private static final Duration MOST_TAKEN_ALONE = Duration.ofSeconds(MAX_LAG_SECONDS + 3);

    /** As {@link SentinelFailoverIT} has it. */
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private long cutNanos;

    @Test
    void replicatedAcknowledgesNothingOnTheSideOfTheFew() throws Exception {
        assertThat(split("replicated").undoneEnds()).isZero();
    }

    @Test
    void storedUndoesWhatTheFewTookAndTellsThem() throws Exception {
        Stats stats = split("stored");
        assertThat(stats.undoneEnds()).isPositive();
        assertThat(stats.resetsHeard()).isPositive();
    }

    @Test
    void primaryThatNeedsAReplicaSoonTakesNothingMore() throws Exception {
        Seed.assumeLong();
        Stats stats = split("stored", "--min-replicas-to-write", "1", "--min-replicas-max-lag", "" + MAX_LAG_SECONDS);
        assertThat(stats.undoneEnds()).isPositive();
    }

    private static GatewayProcess gateway(Place place, SentinelGroup group, String durability) {
        return GatewayProcess.startAt(
                place,
                "listen.host=" + place.host(),
                "admin.host=" + place.host(),
                "auth.allow-anonymous=true",
                "store.kind=redis",
                "redis.uri=" + group.uri(),
                "redis.required=false",
                "store.durability=" + durability,
                "store.replicas=" + SentinelGroup.REPLICAS,
                "hub.sweep-interval=1h");
    }

    private Stats split(String durability, String... redisArguments) throws Exception {
        assumeTrue(Island.isPossible(), "needs root, ip and nft, to make a network namespace");
        String[] open = Stream.concat(Stream.of("--protected-mode", "no"), Stream.of(redisArguments))
                .toArray(String[]::new);
        try (Island island = Island.rise();
                SentinelGroup group = SentinelGroup.startAt(island.island(), island.mainland(), open);
                GatewayProcess few = gateway(island.island(), group, durability);
                GatewayProcess many = gateway(island.mainland(), group, durability);
                Trial trial = new Trial(Seed.value(), JOBS, targets(few, many))) {
            awaitThat("both are ready at first", () -> Trial.areReady(few, many));
            List<JobId> jobs = trial.makeAndFollow(JOBS, few, many);
            List<JobId> staying = jobs.subList(2 * JOBS / 3, JOBS);
            CompletableFuture<Void> during;
            try (Trial.Movers movers = trial.move(4, Duration.ofMillis(20), staying)) {
                trial.complete(WORKERS, jobs.subList(0, JOBS / 3)).join();
                during = cutAndMend(island, group, trial, jobs.subList(JOBS / 3, 2 * JOBS / 3), few);
                awaitThat("both are ready again", () -> Trial.areReady(few, many));
                group.awaitReplicasWithout("ringback:");
                assertThat(movers).isNotNull();
            }
            during.join();
            trial.complete(WORKERS, staying).join();
            trial.failLeftovers(group.primary());
            trial.awaitAllEnded();
            Stats stats = trial.judge(group.primary(), WITHIN, durability.equals("replicated"))
                    .stats();
            report(durability, stats, trial, group.primary());
            if (redisArguments.length > 0) {
                assertThat(lastUndone(trial, group.primary())).isLessThan(MOST_TAKEN_ALONE);
            }
            return stats;
        }
    }

    private static List<Target> targets(GatewayProcess... gateways) {
        return Stream.of(gateways)
                .map(gateway -> new Target(gateway.host(), gateway.port()))
                .toList();
    }

    private CompletableFuture<Void> cutAndMend(
            Island island, SentinelGroup group, Trial trial, List<JobId> ending, GatewayProcess few) {
        RedisProcess before = group.primary();
        cutNanos = System.nanoTime();
        island.cut(few.port(), few.adminPort());
        CompletableFuture<Void> during = trial.complete(2, ending);
        group.awaitOtherPrimary(before);
        Trial.awaitPassed(System.nanoTime(), TWO_PRIMARIES);
        awaitThat(
                "the gateway says that it may miss a failover",
                () -> few.readiness().body().contains("0 of 3 Sentinels answer"));
        island.mend();
        group.settle();
        trial.note(new Fault("split brain", cutNanos, System.nanoTime()));
        return during;
    }

    /** How long after the cut the last end was acknowledged that was undone. */
    private Duration lastUndone(Trial trial, RedisProcess primary) {
        Set<JobId> undone = trial.truths(primary).stream()
                .filter(truth -> truth.state() == JobState.FAILED)
                .map(Truth::job)
                .collect(Collectors.toSet());
        long last = trial.writes().stream()
                .filter(write -> write.state() == JobState.COMPLETED)
                .filter(Trial::isAcknowledgedEnd)
                .filter(write -> undone.contains(write.job()))
                .mapToLong(write -> write.endedNanos() - cutNanos)
                .max()
                .orElse(0);
        return Duration.ofNanos(last);
    }

    private void report(String durability, Stats stats, Trial trial, RedisProcess primary) throws InterruptedException {
        System.out.printf(
                "measured: split brain, %s: %d of %d acknowledged ends undone, the last acknowledged %d ms after the cut;"
                        + " %d resets heard, %d gone, %d writes unknown, worst delay of an end %d ms%n",
                durability,
                stats.undoneEnds(),
                stats.acknowledgedEnds(),
                lastUndone(trial, primary).toMillis(),
                stats.resetsHeard(),
                trial.heard(Heard.Kind.GONE),
                trial.unknownWrites(),
                Duration.ofNanos(stats.worstDelayNanos()).toMillis());
    }
}
