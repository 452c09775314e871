package dev.ringback.gateway.faults;

import static dev.ringback.gateway.faults.Trial.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.loadtest.check.Truth;
import dev.ringback.loadtest.check.Write;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a single Redis that is killed still has of the ends that it acknowledged, and what the waiters are told (I1, I4). */
@Tag("chaos")
class PersistenceIT {
    private static final long SEED = 20_261;
    private static final int JOBS = 450;
    private static final int EARLY_JOBS = 60;
    private static final int WORKERS = 30;

    /** As {@link RedisRestartIT} has it. */
    private static final Duration WITHIN = Duration.ofSeconds(20);

    /** Redis defers writing to its file while a sync is under way, by two seconds at most; the third is for a busy machine. */
    private static final Duration MOST_DEFERRED = Duration.ofSeconds(3);

    /** How Redis keeps what it acknowledges. */
    enum Persistence {
        ALWAYS("--appendfsync", "always"),
        /** The system keeps what a killed process has written, but a write that was deferred for a sync dies with the process. */
        EVERY_SECOND("--appendfsync", "everysec"),
        NONE("--appendonly", "no");

        private final String[] arguments;

        Persistence(String... arguments) {
            this.arguments = arguments;
        }
    }

    private static String[] settings(RedisProcess redis) {
        return new String[] {
            "store.kind=redis",
            "redis.uri=" + redis.uri(),
            "hub.sweep-interval=1h",
            "readiness.canary-interval=200ms",
            "jobs.unknown-wait=5s",
            // The warning that nothing is kept may come amid the line that says where the gateway listens.
            "log.level=error"
        };
    }

    @ParameterizedTest
    @EnumSource
    void killedRedisKeepsWhatItsFileKeepsAndWaitersAreToldTheTruth(Persistence persistence) throws Exception {
        try (RedisProcess redis = RedisProcess.start(persistence.arguments);
                GatewayProcess gateway = GatewayProcess.start(settings(redis));
                Trial trial = new Trial(SEED, JOBS, gateway.port())) {
            List<JobId> jobs = trial.makeAndFollow(JOBS, gateway);
            trial.complete(WORKERS, jobs.subList(0, EARLY_JOBS)).join();
            Trial.awaitPassed(System.nanoTime(), MOST_DEFERRED);
            CompletableFuture<Void> workers = trial.complete(WORKERS, jobs.subList(EARLY_JOBS, JOBS));
            awaitThat("some more have ended", () -> trial.acknowledgedEnds() > 2 * EARLY_JOBS);

            long killedNanos = System.nanoTime();
            redis.kill();
            awaitThat("workers notice", () -> trial.unknownWrites() > WORKERS);
            List<Write> acknowledged =
                    trial.writes().stream().filter(Trial::isAcknowledgedEnd).toList();
            redis.restart(true);
            trial.note(new Fault("redis killed", killedNanos, System.nanoTime()));
            List<Write> undone = undone(acknowledged, trial.truths(redis));
            workers.join();
            trial.failLeftovers(redis);
            trial.awaitAllEnded();

            Stats stats = trial.judge(redis, WITHIN, persistence == Persistence.ALWAYS)
                    .stats();
            System.out.printf(
                    "measured: redis kill -9, persistence %s: %d of %d acknowledged ends undone; %d gone, %d resets heard%n",
                    persistence, undone.size(), acknowledged.size(), trial.heard(Heard.Kind.GONE), stats.resetsHeard());
            assertThat(acknowledged).hasSizeLessThan(JOBS);
            assertPromised(persistence, acknowledged, undone, killedNanos);
            assertTold(persistence, trial.heard(Heard.Kind.GONE) + stats.resetsHeard());
        }
    }

    private static void assertTold(Persistence persistence, long losses) {
        switch (persistence) {
            case ALWAYS -> assertThat(losses).isZero();
            // Whoever heard an end that is undone has gone already.
            case EVERY_SECOND -> {}
            case NONE -> assertThat(losses).isPositive();
        }
    }

    /** Those acknowledged ends that Redis does not have. */
    private static List<Write> undone(List<Write> acknowledged, List<Truth> truths) {
        Map<JobId, Truth> byJob = truths.stream().collect(Collectors.toMap(Truth::job, Function.identity()));
        return acknowledged.stream()
                .filter(write -> byJob.get(write.job()).version() < write.version())
                .toList();
    }

    private static void assertPromised(
            Persistence persistence, List<Write> acknowledged, List<Write> undone, long killedNanos) {
        switch (persistence) {
            case ALWAYS -> assertThat(undone).isEmpty();
            case EVERY_SECOND ->
                assertThat(undone)
                        .allMatch(write -> killedNanos - write.endedNanos() < MOST_DEFERRED.toNanos(), "is recent");
            case NONE -> assertThat(undone).hasSameSizeAs(acknowledged);
        }
    }
}
