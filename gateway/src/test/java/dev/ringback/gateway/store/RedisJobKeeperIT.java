package dev.ringback.gateway.store;

import static dev.ringback.gateway.testkit.RedisSide.awaitTrue;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs in Redis that do not end by themselves: one gateway at a time ends them at {@code jobs.max-age}. */
class RedisJobKeeperIT {
    private static final String LEASE = "ringback:keeper";
    private static final JobStore.Submission ALICE = new JobStore.Submission("alice", "f");
    private static final JobStore.Origin WORKER = new JobStore.Origin(null, true, null);
    private static final String EXPIRED =
            "\"error\":{\"code\":\"expired\",\"message\":\"the job did not end within jobs.max-age\",\"retryable\":false}";

    private final List<AutoCloseable> opened = new ArrayList<>();
    private RedisProcess redis;

    @BeforeEach
    void start() {
        redis = RedisProcess.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable side : opened) {
            side.close();
        }
        redis.close();
    }

    private RedisSide open(String name, String... settings) {
        RedisSide side = new RedisSide(redis.uri(), name, settings);
        opened.add(side);
        side.awaitConnected();
        return side;
    }

    @Test
    void jobThatDoesNotEndInTimeIsFailedAsExpiredAndWhoeverWaitsHearsIt() {
        RedisSide side = open("gw-a", "jobs.max-age=700ms");
        JobId id = JobId.of("slow");
        side.follow(id);
        create(side, "slow");
        get(side.store().apply(id, JobChange.to(JobState.PROCESSING), WORKER));

        awaitTrue(() -> side.relayed(id).size() == 3);

        JobEvent last = side.relayed(id).get(2);
        assertThat(last.state()).isEqualTo(JobState.FAILED);
        assertThat(last.version()).isEqualTo(3);
        assertThat(new String(last.json(), UTF_8)).contains(EXPIRED);
        assertThat(side.counters().jobsExpired.sum()).isEqualTo(1);
        long age = number("completed", "slow") - number("created", "slow");
        assertThat(age).isBetween(700L, 5_000L);
    }

    @Test
    void jobThatHasEndedStaysAsItEnded() {
        RedisSide side = open("gw-a", "jobs.max-age=300ms");
        create(side, "done");
        get(side.store().apply(JobId.of("done"), JobChange.to(JobState.COMPLETED), WORKER));
        create(side, "slow");

        awaitStatus("slow", "failed");

        assertThat(redis.cli("HMGET", "job:done", "status", "version")).isEqualTo(List.of("completed", "2"));
    }

    @Test
    void recordOutlivesItsMaximumAgeSoThatItCanBeEnded() {
        RedisSide side = open("gw-a", "jobs.max-age=1s", "jobs.tombstone-ttl=0s", "jobs.index-repair=0");
        create(side, "slow");

        assertThat((Long) redis.cli("PTTL", "job:slow")).isBetween(595_000L, 601_000L);
    }

    @Test
    void jobThatNoIndexKnowsIsEndedToo() {
        redis.cli(
                "EVAL",
                new String(ApplyScript.source(), UTF_8),
                "3",
                "job:hidden",
                "{job:hidden}:log",
                "{job:hidden}:result",
                "apply",
                "status",
                "processing");
        open("gw-a", "jobs.max-age=300ms");

        awaitStatus("hidden", "failed");
    }

    @Test
    void keeperThatIsGoneIsReplacedWhenItsLeaseHasRunOut() {
        redis.cli("SET", LEASE, "gw-gone", "PX", "2500");
        RedisSide side = open("gw-a", "jobs.max-age=300ms");
        create(side, "slow");

        awaitTrue(() -> "gw-a".equals(redis.cli("GET", LEASE)));
        awaitStatus("slow", "failed");

        long age = number("completed", "slow") - number("created", "slow");
        assertThat(age).as("the lease of another was waited for").isGreaterThan(1_500);
    }

    @Test
    void ofTwoGatewaysOneKeepsAndNoJobIsEndedTwice() {
        RedisSide a = open("gw-a", "jobs.max-age=500ms");
        awaitTrue(() -> "gw-a".equals(redis.cli("GET", LEASE)));
        RedisSide b = open("gw-b", "jobs.max-age=500ms");
        IntStream.range(0, 200).forEach(i -> create(b, "slow-" + i));

        IntStream.range(0, 200).forEach(i -> awaitStatus("slow-" + i, "failed"));

        assertThat(a.counters().jobsExpired.sum()).isEqualTo(200);
        assertThat(b.counters().jobsExpired.sum()).isZero();
        assertThat(b.counters().indexPasses.sum()).isZero();
        assertThat(redis.cli("GET", LEASE)).isEqualTo("gw-a");
    }

    @Test
    void whoGoesOnBeginsWhereTheOneBeforeStopped() {
        RedisSide first = open("gw-a", "jobs.max-age=300ms");
        create(first, "early");
        awaitStatus("early", "failed");
        String reached = redis.cli("HGET", "job:early", "created") + " early";
        awaitTrue(() -> reached.equals(redis.cli("GET", "ringback:kept")));
        opened.remove(first);
        first.close();

        redis.cli("SET", "ringback:kept", "damaged");
        RedisSide second = open("gw-a", "jobs.max-age=300ms");
        create(second, "late");

        awaitStatus("late", "failed");
        awaitTrue(() -> (redis.cli("HGET", "job:late", "created") + " late").equals(redis.cli("GET", "ringback:kept")));
    }

    @Test
    void damagedRecordDoesNotHoldUpTheOthers() {
        RedisSide side = open("gw-a", "jobs.max-age=1500ms");
        create(side, "damaged");
        redis.cli("HSET", "job:damaged", "version", "x");
        create(side, "slow");

        awaitStatus("slow", "failed");
    }

    @Test
    void fullRedisDelaysTheEndAndIsTriedAgain() {
        RedisSide side = open("gw-a", "jobs.max-age=500ms");
        create(side, "slow");
        redis.cli("CONFIG", "SET", "maxmemory", "1");
        awaitTrue(() -> String.valueOf(side.store().outage()).contains("OOM"));
        assertThat(status("slow")).isEqualTo("queued");

        redis.cli("CONFIG", "SET", "maxmemory", "0");

        awaitStatus("slow", "failed");
    }

    @Test
    void killedGatewaysTooOldJobsAreEndedByAnotherAndItsClientsHearIt() throws Exception {
        String[] settings = {"store.kind=redis", "redis.uri=" + redis.uri(), "jobs.max-age=2s"};
        HttpClient client = HttpClient.newHttpClient();
        try (GatewayProcess a = GatewayProcess.start(settings)) {
            awaitTrue(() -> redis.cli("GET", LEASE) != null);
            Object keeper = redis.cli("GET", LEASE);
            try (GatewayProcess b = GatewayProcess.start(settings)) {
                List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    HttpRequest put = HttpRequest.newBuilder(b.http("/jobs/slow-" + i))
                            .PUT(HttpRequest.BodyPublishers.ofString("{\"type\":\"report\"}"))
                            .build();
                    assertThat(client.send(put, HttpResponse.BodyHandlers.ofString())
                                    .statusCode())
                            .isEqualTo(202);
                    HttpRequest wait = HttpRequest.newBuilder(b.http("/jobs/slow-" + i + "/result?wait=30"))
                            .build();
                    waiting.add(client.sendAsync(wait, HttpResponse.BodyHandlers.ofString()));
                }
                awaitStatus("slow-0", "failed");
                a.kill();

                for (CompletableFuture<HttpResponse<String>> answer : waiting) {
                    assertThat(answer.get(30, TimeUnit.SECONDS).body()).contains("\"status\":\"failed\"", EXPIRED);
                }
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> redis.cli("GET", LEASE) != null && !keeper.equals(redis.cli("GET", LEASE)));
            }
        }
    }

    private static void create(RedisSide side, String id) {
        get(side.store()
                .create(JobId.of(id), new NewJob("report", null, 0, null, null, null, null, NewJob.Plan.NONE), ALICE));
    }

    private Object status(String id) {
        return redis.cli("HGET", "job:" + id, "status");
    }

    private long number(String field, String id) {
        return Long.parseLong(String.valueOf(redis.cli("HGET", "job:" + id, field)));
    }

    private void awaitStatus(String id, String status) {
        awaitTrue(() -> status.equals(status(id)));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
