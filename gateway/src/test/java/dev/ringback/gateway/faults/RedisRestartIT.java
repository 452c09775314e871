package dev.ringback.gateway.faults;

import static dev.ringback.gateway.faults.Trial.awaitThat;
import static dev.ringback.gateway.faults.Trial.sum;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSocket;
import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.loadtest.check.Write;
import dev.ringback.loadtest.check.Write.Outcome;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Redis dies under ten thousand who wait, stays away, and comes back with its file: nobody is told anything wrong (I1, I2, I4). */
@Tag("chaos")
class RedisRestartIT {
    private static final long SEED = 20_264;
    private static final int STILL_WAITING = 10_000;
    /** So many jobs end before, and so many others while Redis is away. */
    private static final int ENDING = 500;

    private static final int WORKERS = 32;
    private static final int SHARDS = 2;
    private static final Duration AWAY = Duration.ofSeconds(3);

    /**
     * A closed connection is noticed at once and dialed again within a second; then ten thousand topics are subscribed and read. The
     * rest is for a busy machine, far below the sweep's hour.
     */
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private static final Pattern CHANNELS = Pattern.compile("pubsub_channels:(\\d+)");
    private static final Pattern VERSION = Pattern.compile("\"version\":(\\d+)");

    /** When something was so, by {@link System#nanoTime()}; 0 as long as it is not. */
    private long readyNanos;

    private long readNanos;

    private static GatewayProcess gateway(RedisProcess redis) {
        return GatewayProcess.start(
                "store.kind=redis", "redis.uri=" + redis.uri(), "hub.shards=" + SHARDS, "hub.sweep-interval=1h");
    }

    @Test
    void tenThousandWaitersHearTheirEndsThroughARestartOfRedis() throws Exception {
        int clients = STILL_WAITING + 2 * ENDING;
        try (RedisProcess redis = RedisProcess.start("--appendfsync", "always");
                GatewayProcess a = gateway(redis);
                GatewayProcess b = gateway(redis);
                Trial trial = new Trial(SEED, clients, a.port(), b.port())) {
            List<JobId> jobs = trial.makeAndFollow(clients, a, b);
            List<JobId> staying = jobs.subList(0, STILL_WAITING);
            List<JobId> during = jobs.subList(STILL_WAITING, STILL_WAITING + ENDING);
            CompletableFuture<Void> endings;
            try (Trial.Movers movers = trial.move(4, Duration.ofMillis(10), staying)) {
                trial.complete(WORKERS, jobs.subList(STILL_WAITING + ENDING, clients))
                        .join();
                long killedNanos = System.nanoTime();
                redis.kill();
                endings = trial.complete(WORKERS, during);
                awaitThat("workers notice", () -> trial.unknownWrites() > WORKERS && !Trial.areReady(a, b));
                Trial.awaitPassed(killedNanos, AWAY);
                redis.restart(true);
                trial.note(new Fault("redis killed", killedNanos, System.nanoTime()));
                measureRecovery(trial, redis, staying, a, b);
                assertThat(movers).isNotNull();
            }
            endings.join();
            trial.complete(WORKERS, staying).join();
            trial.awaitAllEnded();
            report(trial, trial.judge(redis, WITHIN, true).stats(), clients, a, b);
        }
    }

    // ── how long it takes ──────────────────────────────────────────────────────────────────────────────────────

    private void measureRecovery(Trial trial, RedisProcess redis, List<JobId> staying, GatewayProcess... gateways)
            throws Exception {
        long backNanos = System.nanoTime();
        CompletableFuture<List<Write>> moving = CompletableFuture.supplyAsync(() -> moveAll(redis, staying));
        awaitThat("all is as before", () -> {
            if (readyNanos == 0 && Trial.areReady(gateways)) {
                readyNanos = System.nanoTime();
            }
            if (readNanos == 0 && areSubscribed(redis, staying) && sum("ringback_topic_reads_waiting", gateways) == 0) {
                readNanos = System.nanoTime();
            }
            return readyNanos > 0 && readNanos > 0;
        });
        List<Write> moved = moving.join();
        moved.forEach(trial::note);
        List<Long> told = new ArrayList<>();
        awaitThat("everybody has heard", () -> {
            told.clear();
            told.addAll(firstTold(trial.heard(), moved));
            return told.size() == staying.size();
        });
        long lastNanos = told.stream().mapToLong(Long::longValue).max().orElseThrow();
        System.out.printf(
                "measured: redis restart, %,d waiting on 2 gateways: from PONG to ready %d ms, to every topic subscribed and read"
                        + " %d ms, to every waiter consistent %d ms%n",
                staying.size(),
                Duration.ofNanos(readyNanos - backNanos).toMillis(),
                Duration.ofNanos(readNanos - backNanos).toMillis(),
                Duration.ofNanos(lastNanos - backNanos).toMillis());
    }

    /** Each waited job and each shard's canary has its channel. The count is cheap, and asked first; the names are exact. */
    private static boolean areSubscribed(RedisProcess redis, List<JobId> jobs) {
        Matcher channels = CHANNELS.matcher(String.valueOf(redis.cli("INFO", "stats")));
        if (!channels.find() || Integer.parseInt(channels.group(1)) < jobs.size() + 2 * SHARDS) {
            return false;
        }
        Stream<String> names = jobs.stream().map(job -> "job:" + job);
        Object answer =
                redis.cli(Stream.concat(Stream.of("PUBSUB", "NUMSUB"), names).toArray(String[]::new));
        return !((List<?>) Objects.requireNonNull(answer)).contains(0L);
    }

    /** Moves all jobs as one worker does that talks to Redis and does not wait for one answer before the next change. */
    private static List<Write> moveAll(RedisProcess redis, List<JobId> jobs) {
        redis.cli("SCRIPT", "LOAD", new String(ApplyScript.source(), UTF_8));
        try (RedisSocket socket = redis.connect()) {
            List<Long> sent = new ArrayList<>();
            for (JobId job : jobs) {
                sent.add(System.nanoTime());
                socket.send(change(job));
            }
            List<Write> writes = new ArrayList<>();
            for (int i = 0; i < jobs.size(); i++) {
                List<?> reply = (List<?>) Objects.requireNonNull(socket.read());
                assertThat(reply).first().isEqualTo("applied");
                Matcher version = VERSION.matcher(String.valueOf(reply.get(1)));
                assertThat(version.find()).isTrue();
                writes.add(new Write(
                        jobs.get(i),
                        null,
                        Long.parseLong(version.group(1)),
                        JobState.PROCESSING,
                        sent.get(i),
                        System.nanoTime(),
                        Outcome.OK));
            }
            return writes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[][] change(JobId job) {
        String tagged = "{job:" + job + "}:";
        return Stream.of(
                        "EVALSHA",
                        ApplyScript.sha1(),
                        "3",
                        "job:" + job,
                        tagged + "log",
                        tagged + "result",
                        ApplyScript.APPLY,
                        ApplyScript.PROGRESS,
                        "{\"current\":2,\"total\":2}")
                .map(part -> part.getBytes(UTF_8))
                .toArray(byte[][]::new);
    }

    /** When each of these changes, or a later one, was first heard of, where it was. */
    private static List<Long> firstTold(List<Heard> heard, List<Write> changes) {
        Map<JobId, Long> versions = new HashMap<>();
        changes.forEach(change -> versions.put(change.job(), change.version()));
        Map<JobId, Long> first = new HashMap<>();
        for (Heard line : heard) {
            if (line.version() >= versions.getOrDefault(line.job(), Long.MAX_VALUE)) {
                first.merge(line.job(), line.atNanos(), Math::min);
            }
        }
        return List.copyOf(first.values());
    }

    private static void report(Trial trial, Stats stats, int clients, GatewayProcess... gateways)
            throws InterruptedException {
        double reconnects = sum("ringback_redis_reconnects_total", gateways);
        double recovered = sum("ringback_topic_recovered_total", gateways);
        System.out.printf(
                "measured: redis restart: %d faults, %.0f connections to Redis made again, %.0f recovered reads, %.0f stale"
                        + " events, %d repeated snapshots, %d resets heard, %d writes unknown, worst delay of an end %d ms%n",
                stats.faults(),
                reconnects,
                recovered,
                sum("ringback_events_stale_total", gateways),
                stats.duplicates(),
                stats.resetsHeard(),
                trial.unknownWrites(),
                Duration.ofNanos(stats.worstDelayNanos()).toMillis());
        assertThat(trial.heard(Heard.Kind.GONE)).isZero();
        assertThat(stats.terminalsHeard()).isEqualTo(clients);
        assertThat(stats.acknowledgedEnds()).isGreaterThanOrEqualTo(clients);
        assertThat(stats.undoneEnds()).isZero();
        assertThat(reconnects).isPositive();
        assertThat(recovered).isPositive();
        assertThat(trial.unknownWrites()).isPositive();
    }
}
