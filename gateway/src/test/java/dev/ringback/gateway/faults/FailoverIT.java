package dev.ringback.gateway.faults;

import static dev.ringback.gateway.faults.Trial.awaitThat;
import static dev.ringback.gateway.testkit.TcpProxy.Direction.FROM_UPSTREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TcpProxy;
import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.loadtest.client.LedgerWorker;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A primary dies while its replica lags behind, and the replica takes its place: what each durability level makes of the ends that
 * were acknowledged, and that the waiters are told the truth at both (I1).
 */
@Tag("chaos")
class FailoverIT {
    private static final long SEED = 20_262;
    private static final int JOBS = 1_000;
    private static final int WORKERS = 200;
    private static final int ENDS_BEFORE = 300;

    /** So many other jobs are told of progress that no replica has. */
    private static final int MOVING = 100;

    /** As {@link RedisRestartIT} has it. */
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private static final Pattern OFFSETS = Pattern.compile("(?s)slave0:.*?offset=(\\d+).*master_repl_offset:(\\d+)");

    private RedisProcess primary;
    private TcpProxy replicaLink;
    private RedisProcess replica;
    /** The replica that the new primary is given, without which nothing would be replicated any more. */
    private RedisProcess nextReplica;
    /** Leads to the primary, whichever that is. */
    private TcpProxy virtualAddress;

    @BeforeEach
    void start() {
        primary = RedisProcess.start("--repl-diskless-sync-delay", "0");
        replicaLink = TcpProxy.to(primary.port());
        replica = replicaOf(replicaLink.port());
        virtualAddress = TcpProxy.to(primary.port());
        awaitThat("the replica follows", this::hasFollowed);
    }

    @AfterEach
    void stop() {
        virtualAddress.close();
        if (nextReplica != null) {
            nextReplica.close();
        }
        replica.close();
        replicaLink.close();
        primary.close();
    }

    private static RedisProcess replicaOf(int port) {
        return RedisProcess.start("--replicaof", "127.0.0.1 " + port, "--repl-diskless-sync-delay", "0");
    }

    private boolean hasFollowed() {
        Matcher offsets = OFFSETS.matcher(String.valueOf(primary.cli("INFO", "replication")));
        return offsets.find() && offsets.group(1).equals(offsets.group(2));
    }

    @Test
    void storedMayLoseWhatTheReplicaLacksAndTellsWhoeverStillWaits() throws Exception {
        Stats stats = failOverAt("stored", 2);
        assertThat(stats.undoneEnds()).isPositive();
        assertThat(stats.resetsHeard()).isPositive();
    }

    @Test
    void endThatTakesAnUndoneVersionIsHeardByThoseWhoHadIt() throws Exception {
        Stats stats = failOverAt("stored", 1);
        assertThat(stats.resetsHeard()).isPositive();
    }

    @Test
    void replicatedLosesNoAcknowledgedEnd() throws Exception {
        Stats stats = failOverAt("replicated", 2);
        assertThat(stats.undoneEnds()).isZero();
        assertThat(stats.resetsHeard()).isZero();
    }

    /**
     * @param undoneProgress how often each moving job is told of progress that only the primary hears of; an end that is made
     *     anew takes the version of the first
     */
    private Stats failOverAt(String durability, int undoneProgress) throws Exception {
        boolean replicated = durability.equals("replicated");
        try (GatewayProcess gateway = GatewayProcess.start(
                        "store.kind=redis",
                        "redis.uri=redis://127.0.0.1:" + virtualAddress.port(),
                        "store.durability=" + durability,
                        "hub.sweep-interval=1h",
                        "readiness.canary-interval=200ms");
                Trial trial = new Trial(SEED, JOBS, gateway.port())) {
            List<JobId> jobs = trial.makeAndFollow(JOBS, gateway);
            trial.each(WORKERS / 10, jobs, FailoverIT::progress).join();
            awaitThat("the replica has it all", this::hasFollowed);

            List<JobId> ending = jobs.subList(0, JOBS - MOVING);
            CompletableFuture<Void> ends = trial.complete(WORKERS, ending);
            awaitThat("some have ended", () -> trial.acknowledgedEnds() > ENDS_BEFORE);
            replicaLink.existing().hold(FROM_UPSTREAM);
            List<JobId> moving = jobs.subList(JOBS - MOVING, JOBS);
            for (int i = 0; i < undoneProgress; i++) {
                trial.each(MOVING, moving, FailoverIT::progress).join();
            }
            if (!replicated) {
                // Made, moved by what the replica has, and moved by what is to be undone.
                long undone = 2L + undoneProgress;
                awaitThat("half of them have heard of it", () -> whoHeard(trial, moving, undone) >= MOVING / 2);
            }

            long beganNanos = System.nanoTime();
            losePrimary();
            long unknown = trial.unknownWrites();
            CompletableFuture<Void> moreEnds = trial.complete(MOVING / 2, moving.subList(0, MOVING / 2));
            awaitThat("workers notice", () -> trial.unknownWrites() > unknown);
            nextReplica = replicaOf(replica.port());
            trial.note(new Fault("failover", beganNanos, System.nanoTime()));
            virtualAddress.retarget(replica.port());
            ends.join();
            moreEnds.join();
            if (!replicated) {
                // The others' jobs stand where the replica has them: an end that came before would be all that they
                // hear.
                awaitThat("somebody hears that it went back", () -> trial.heard(Heard.Kind.RESET) > 0);
            }
            trial.complete(MOVING / 2, moving.subList(MOVING / 2, MOVING)).join();
            int leftovers = trial.failLeftovers(replica);
            trial.awaitAllEnded();

            Stats stats = trial.judge(replica, WITHIN, replicated).stats();
            long reconnects = (long) Trial.sum("ringback_redis_reconnects_total", gateway);
            report(durability, trial, stats, reconnects);
            assertThat(leftovers).isEqualTo(stats.undoneEnds());
            assertThat(reconnects).isPositive();
            return stats;
        }
    }

    /** Of how many of these jobs somebody was told this version. */
    private static long whoHeard(Trial trial, List<JobId> jobs, long version) throws InterruptedException {
        Set<JobId> asked = Set.copyOf(jobs);
        return trial.heard().stream()
                .filter(line -> line.version() == version && asked.contains(line.job()))
                .map(Heard::job)
                .distinct()
                .count();
    }

    private static void progress(LedgerWorker worker, JobId job) {
        worker.progress(job, 1, 2);
    }

    /** The primary's machine dies, with what was on its way; the replica takes its place. */
    private void losePrimary() {
        replicaLink.refuseAll();
        replicaLink.resetAll();
        primary.kill();
        assertThat(replica.cli("REPLICAOF", "NO", "ONE")).isEqualTo("OK");
    }

    private static void report(String durability, Trial trial, Stats stats, long reconnects)
            throws InterruptedException {
        // Between the primary's end and the other's beginning nobody acknowledges anything.
        long acknowledged = trial.writes().stream()
                .filter(Trial::isAcknowledgedEnd)
                .filter(write -> write.endedNanos() < trial.lastHealNanos())
                .count();
        System.out.printf(
                "measured: failover, %s: %d of %d acknowledged ends undone; %d resets heard, %d writes unknown,"
                        + " %d connections to Redis made again, worst delay after the failover %d ms%n",
                durability,
                stats.undoneEnds(),
                acknowledged,
                stats.resetsHeard(),
                trial.unknownWrites(),
                reconnects,
                Duration.ofNanos(stats.worstDelayNanos()).toMillis());
        assertThat(acknowledged).isBetween((long) ENDS_BEFORE, JOBS - 1L);
        assertThat(trial.unknownWrites()).isPositive();
        assertThat(trial.heard(Heard.Kind.GONE)).isZero();
    }
}
