package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers of the store are told while Redis is frozen, killed, full, read-only or damaged. */
class RedisOutageIT {
    private static final JobId ID = JobId.of("123");
    /** The version that a job of version 1 goes on from after a restart of Redis. */
    private static final long AFTER_RESTART = 1_001;

    private static final JobStore.Origin WORKER = new JobStore.Origin(null, true, null);

    private RedisProcess redis;
    private RedisSide side;

    @BeforeEach
    void start() {
        redis = RedisProcess.start();
        side = open();
        side.awaitConnected();
    }

    @AfterEach
    void stop() {
        redis.close();
        side.close();
    }

    private RedisSide open(String... settings) {
        List<String> all = new ArrayList<>(List.of("store.timeout=400ms", "jobs.index-repair=0"));
        all.addAll(List.of(settings));
        return new RedisSide(redis.uri(), "gw-a", all.toArray(String[]::new));
    }

    @Test
    void frozenRedisFailsCallsAtTheirDeadlineAndServesAgainWhenItRuns() {
        redis.freeze();
        long began = System.nanoTime();
        StoreException failure = failure(side.store().read(ID));
        Duration took = Duration.ofNanos(System.nanoTime() - began);

        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(took).isBetween(Duration.ofMillis(390), Duration.ofMillis(900));
        assertThat(side.store().outage())
                .isEqualTo("Redis at 127.0.0.1:" + redis.port() + " does not answer within 400 ms");
        assertThat(side.counters().commandTimeouts.sum()).isEqualTo(1);

        redis.thaw();
        RedisSide.awaitTrue(() -> StoreRead.ABSENT.equals(read()));
        assertThat(side.store().outage()).isNull();
    }

    @Test
    void tooManyCallsForAFrozenRedisAreRefusedAtOnce() {
        side.close();
        side = open("redis.request-queue-size=16", "store.timeout=5s");
        side.awaitConnected();
        redis.freeze();
        List<CompletionStage<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            waiting.add(side.store().read(ID));
        }

        assertThat(failure(side.store().read(ID)).kind()).isEqualTo(Kind.OVERLOADED);
        assertThat(failure(apply(JobState.COMPLETED)).kind()).isEqualTo(Kind.OVERLOADED);
        assertThat(side.counters().commandsRejected.sum()).isEqualTo(2);
        redis.thaw();
        waiting.forEach(stage -> assertThat(get(stage)).isEqualTo(StoreRead.ABSENT));
    }

    @Test
    void tooManyBytesForAFrozenRedisAreRefusedAtOnce() {
        redis.freeze();
        JobChange large = new JobChange(JobState.COMPLETED, null, new byte[40 << 20], null, null, null, null);
        CompletionStage<StoreWrite> first = side.store().apply(ID, large, WORKER);

        assertThat(failure(side.store().apply(ID, large, WORKER)).kind()).isEqualTo(Kind.OVERLOADED);
        assertThat(failure(first).kind()).isEqualTo(Kind.TIMEOUT);
    }

    @Test
    void killedRedisIsNamedAndFoundAgainOnTheSamePort() {
        get(apply(JobState.PROCESSING));
        redis.kill();
        RedisSide.awaitTrue(() -> side.store().outage() != null);

        assertThat(failure(side.store().read(ID)).kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure(apply(JobState.COMPLETED)).kind()).isEqualTo(Kind.UNAVAILABLE);
        RedisSide.awaitTrue(() -> ("cannot reach Redis at 127.0.0.1:" + redis.port() + ": connection refused")
                .equals(side.store().outage()));

        redis.restart(true);
        RedisSide.awaitTrue(() -> side.store().outage() == null);
        assertThat(get(apply(JobState.COMPLETED)).present().present().version())
                .as("beyond any that the restart may have undone")
                .isEqualTo(AFTER_RESTART + 1);
        assertThat(side.counters().reconnects.sum()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void changeUnderWayWhenTheConnectionBreaksMayHaveHappenedAndIsNotSentAgain() {
        get(apply(JobState.PROCESSING));
        side.close();
        side = open("store.timeout=30s");
        side.awaitConnected();
        redis.freeze();
        CompletionStage<StoreWrite> change = apply(JobState.PROCESSING);
        CompletionStage<StoreRead> read = side.store().read(ID);
        side.onRelayOf(ID, relay -> {});
        redis.kill();

        assertThat(failure(change).kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(failure(read).kind()).isEqualTo(Kind.UNAVAILABLE);
        redis.restart(true);
        RedisSide.awaitTrue(() -> side.store().outage() == null);
        assertThat(get(apply(JobState.PROCESSING)).present().present().version())
                .isEqualTo(AFTER_RESTART + 1);
        assertThat(get(apply(JobState.PROCESSING)).present().present().version())
                .as("by one again")
                .isEqualTo(AFTER_RESTART + 2);
    }

    @Test
    void scriptIsSentAgainWhenRedisHasForgottenIt() {
        get(apply(JobState.PROCESSING));
        redis.cli("SCRIPT", "FLUSH");
        assertThat(get(apply(JobState.PROCESSING)).outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(redis.cli("SCRIPT", "EXISTS", ApplyScript.sha1())).isEqualTo(List.of(1L));

        redis.cli("SCRIPT", "FLUSH");
        List<CompletionStage<StoreWrite>> burst = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            burst.add(apply(JobState.PROCESSING));
        }
        burst.forEach(stage -> assertThat(get(stage).outcome()).isEqualTo(Outcome.APPLIED));
    }

    @Test
    void redisWithoutDataAfterARestartBeginsNewLives() {
        String before = get(apply(JobState.PROCESSING)).present().present().incarnation();
        redis.kill();
        redis.restart(false);
        RedisSide.awaitTrue(() -> side.store().outage() == null);

        assertThat(read()).isEqualTo(StoreRead.ABSENT);
        assertThat(get(apply(JobState.PROCESSING)).present().present().incarnation())
                .isNotEqualTo(before);
    }

    @Test
    void fullRedisTakesNoChangesAndSaysSo() {
        redis.cli("CONFIG", "SET", "maxmemory", "1");

        assertThat(failure(apply(JobState.COMPLETED)).kind()).isEqualTo(Kind.FULL);
        assertThat(read()).isEqualTo(StoreRead.ABSENT);
        assertThat(side.store().outage()).contains("127.0.0.1:" + redis.port()).contains("OOM");

        redis.cli("CONFIG", "SET", "maxmemory", "0");
        assertThat(get(apply(JobState.COMPLETED)).outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(side.store().outage()).isNull();
    }

    @Test
    void replicaTakesNoChanges() {
        redis.cli("REPLICAOF", "127.0.0.1", "1");

        assertThat(failure(apply(JobState.COMPLETED)).kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(side.store().outage()).contains("READONLY");
        redis.cli("REPLICAOF", "NO", "ONE");
        assertThat(get(apply(JobState.COMPLETED)).outcome()).isEqualTo(Outcome.APPLIED);
    }

    @Test
    void keysThatAreNoRecordsAreCorrupt() {
        redis.cli("SET", "job:123", "x");

        assertThat(failure(side.store().read(ID)).kind()).isEqualTo(Kind.CORRUPT);
        assertThat(failure(apply(JobState.COMPLETED)).kind()).isEqualTo(Kind.CORRUPT);
        assertThat(side.store().outage()).as("one bad record is no outage").isNull();
    }

    @Test
    void unreadableDocumentGivesWayToTheOtherFields() {
        get(side.store().apply(ID, new JobChange(JobState.COMPLETED, null, null, null, null, "resize", null), WORKER));
        redis.cli("HSET", "job:123", "doc", "{\"jobId\":\"123\",oops");

        StoreRead read = read();
        String document = new String(read.snapshot().present().json(), UTF_8);
        assertThat(read.snapshot().present().state()).isEqualTo(JobState.COMPLETED);
        assertThat(document).contains("\"type\":\"resize\"", "\"version\":1", "\"completedAt\":\"20", "\"attempt\":1");
        assertThat(get(apply(JobState.COMPLETED)).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(side.counters().documentsReplaced.sum()).isEqualTo(2);

        redis.cli("HSET", "job:123", "version", "many");
        assertThat(failure(side.store().read(ID)).kind()).isEqualTo(Kind.CORRUPT);
    }

    @Test
    void redisThatIsNotThereIsOneClearLineAndIsFoundWhenItComes() {
        side.close();
        redis.kill();
        side = open("redis.required=false");

        assertThatThrownBy(
                        () -> side.backend().connected().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessage("cannot reach Redis at 127.0.0.1:" + redis.port() + ": connection refused");
        redis.restart(true);
        RedisSide.awaitTrue(() -> side.store().outage() == null);
        assertThat(get(apply(JobState.COMPLETED)).outcome()).isEqualTo(Outcome.APPLIED);
    }

    @Test
    void frozenRedisIsNotWaitedForAtTheStart() {
        side.close();
        redis.freeze();
        side = open("redis.connect-timeout=400ms");

        assertThatThrownBy(
                        () -> side.backend().connected().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .cause()
                .hasMessage("cannot reach Redis at 127.0.0.1:" + redis.port() + ": no answer within 400 ms");
        redis.thaw();
        RedisSide.awaitTrue(() -> side.store().outage() == null);
    }

    @Test
    void wrongPasswordIsSaidWithoutThePassword() {
        side.close();
        redis.cli("CONFIG", "SET", "requirepass", "right");
        side = new RedisSide("redis://:s3cret@127.0.0.1:" + redis.port(), "gw-a", "store.timeout=400ms");

        assertThatThrownBy(
                        () -> side.backend().connected().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .cause()
                .hasMessageStartingWith("cannot reach Redis at 127.0.0.1:" + redis.port() + ": WRONGPASS")
                .hasMessageNotContaining("s3cret");
        RedisSide.awaitTrue(() -> side.store().outage().contains("WRONGPASS"));
        assertThat(side.store().outage()).doesNotContain("s3cret");
    }

    @Test
    void connectionsSayWhoTheyAre() {
        String clients = (String) redis.cli("CLIENT", "LIST");

        assertThat(clients).contains("name=ringback:gw-a:0 ", "name=ringback:gw-a:1 ");
    }

    private CompletionStage<StoreWrite> apply(JobState state) {
        return side.store().apply(ID, JobChange.to(state), WORKER);
    }

    /** What a read says; null while it fails. */
    private StoreRead read() {
        return side.store()
                .read(ID)
                .exceptionally(failure -> null)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static StoreException failure(CompletionStage<?> stage) {
        try {
            Object answer = stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
            throw new AssertionError("did not fail: " + answer);
        } catch (ExecutionException e) {
            return (StoreException) e.getCause();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
