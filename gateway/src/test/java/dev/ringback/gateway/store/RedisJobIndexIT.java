package dev.ringback.gateway.store;

import static dev.ringback.gateway.testkit.RedisSide.awaitTrue;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists of jobs in Redis, whatever happens to the indexes that they come from. */
class RedisJobIndexIT {
    private static final String ALL = "ringback:jobs";
    private static final String ALICES = "ringback:jobs:alice";
    private static final String NO_REPAIR = "jobs.index-repair=0";
    private static final String QUICK_REPAIR = "jobs.index-repair=100000";

    private RedisProcess redis;
    private @Nullable RedisSide side;

    @BeforeEach
    void start() {
        redis = RedisProcess.start();
    }

    @AfterEach
    void stop() {
        close();
        redis.close();
    }

    private void close() {
        if (side != null) {
            side.close();
            side = null;
        }
    }

    private RedisSide open(String... settings) {
        close();
        side = new RedisSide(redis.uri(), "gw-a", settings);
        side.awaitConnected();
        return side;
    }

    @Test
    void submittedJobIsInTheIndexOfAllAndItsOwnersAtOnce() {
        open(NO_REPAIR);
        submit("j1", "alice");
        submit("j2", null);

        awaitTrue(() ->
                indexed(ALL).equals(List.of("j1", "j2")) && indexed(ALICES).equals(List.of("j1")));
        assertThat(redis.cli("ZSCORE", ALL, "j1")).isEqualTo(redis.cli("HGET", "job:j1", "created"));
        assertThat(counters("failed")).isZero();
    }

    @Test
    void movesOfAJobDoNotWriteTheIndex() {
        open(NO_REPAIR);
        submit("j1", "alice");
        awaitTrue(() -> indexed(ALICES).equals(List.of("j1")));
        redis.cli("DEL", ALL, ALICES);

        get(store().apply(JobId.of("j1"), JobChange.to(JobState.PROCESSING), new JobStore.Origin(null, false, null)));
        submit("j2", null);

        awaitTrue(() -> indexed(ALL).contains("j2"));
        assertThat(indexed(ALL)).containsExactly("j2");
    }

    @Test
    void repeatedSubmissionMakesUpForALostWrite() {
        open(NO_REPAIR);
        submit("j1", "alice");
        awaitTrue(() -> indexed(ALICES).equals(List.of("j1")));
        redis.cli("DEL", ALL, ALICES);

        assertThat(submit("j1", "alice").outcome()).isEqualTo(StoreWrite.Outcome.REPEATED);

        awaitTrue(() -> indexed(ALICES).equals(List.of("j1")));
    }

    @Test
    void deletedIndexIsWholeAgainAfterTheRepair() {
        open(NO_REPAIR);
        for (int i = 0; i < 300; i++) {
            submit("j" + i, i % 2 == 0 ? "alice" : "bob");
        }
        awaitTrue(() -> listed("alice").size() == 150);
        redis.cli("DEL", ALL, ALICES, "ringback:jobs:bob");
        assertThat(listed("alice")).isEmpty();

        open(QUICK_REPAIR);

        awaitTrue(() -> listed("alice").size() == 150
                && listed("bob").size() == 150
                && listed(null).size() == 300);
        assertThat(side.counters().indexEntriesRepaired.sum()).isEqualTo(600);
    }

    @Test
    void jobWhoseIndexWriteWasLostAppearsAfterTheRepair() {
        open(QUICK_REPAIR);
        runScript("j1", "create", "type", "report", "owner", "alice");

        awaitTrue(() -> listed("alice").equals(List.of("j1")));
        assertThat(listed(null)).containsExactly("j1");
    }

    @Test
    void indexThatIsNotASortedSetFailsNoSubmissionAndIsCounted() {
        redis.cli("SET", ALL, "damaged");
        open(NO_REPAIR);

        assertThat(submit("j1", "alice").outcome()).isEqualTo(StoreWrite.Outcome.CREATED);

        awaitTrue(() -> counters("failed") == 1);
        assertThat(listed("alice")).containsExactly("j1");
    }

    @Test
    void entriesOfJobsThatAreGoneLeaveTheIndexWhenItIsListed() {
        open(NO_REPAIR);
        redis.cli("ZADD", ALL, "1", "gone-1", "2", "gone-2");
        submit("j1", null);
        awaitTrue(() -> indexed(ALL).contains("j1"));

        assertThat(listed(null)).containsExactly("j1");

        awaitTrue(() -> indexed(ALL).equals(List.of("j1")));
        awaitTrue(() -> counters("dropped") == 2);
    }

    @Test
    void entriesOfJobsThatAreGoneLeaveEveryIndexWithoutAnyoneListing() {
        for (int i = 0; i < 500; i++) {
            redis.cli("ZADD", ALL, Integer.toString(i), "gone-" + i);
            redis.cli("ZADD", ALICES, Integer.toString(i), "gone-" + i);
        }
        open(QUICK_REPAIR);
        submit("j1", "alice");

        awaitTrue(() -> indexed(ALL).equals(List.of("j1")) && indexed(ALICES).equals(List.of("j1")));
    }

    @Test
    void otherPeoplesJobInAnOwnersIndexIsNotShownAndLeavesIt() {
        open(NO_REPAIR);
        submit("j1", "bob");
        redis.cli("ZADD", ALICES, String.valueOf(redis.cli("HGET", "job:j1", "created")), "j1");

        assertThat(listed("alice")).isEmpty();
        awaitTrue(() -> indexed(ALICES).isEmpty());
    }

    @Test
    void jobsOfOneMillisecondFillManyPagesAndNoneIsMissed() {
        open(NO_REPAIR);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String id = "same-%03d".formatted(i);
            runScript(id, "create", "owner", "alice");
            redis.cli("HSET", "job:" + id, "created", "1700000000000");
            redis.cli("ZADD", ALICES, "1700000000000", id);
            expected.add(0, id);
        }

        for (int limit : new int[] {1, 7, 64, 299, 300, 301}) {
            assertThat(listed("alice", limit)).as("pages of %d", limit).isEqualTo(expected);
        }
    }

    @Test
    void pageThatFindsNothingAmongManyStillLeadsOn() {
        open(NO_REPAIR);
        submit("found", "alice");
        get(store().apply(JobId.of("found"), JobChange.to(JobState.FAILED), new JobStore.Origin(null, false, null)));
        IntStream.range(0, 1_500)
                .mapToObj(i -> store().create(JobId.of("j" + i), job(), new JobStore.Submission("alice", "f")))
                .toList()
                .forEach(RedisJobIndexIT::get);
        awaitTrue(() -> (Long) redis.cli("ZCARD", ALICES) == 1_501);

        JobPage first = get(store().list(new JobQuery("alice", Set.of(JobState.FAILED), null, 10, null)));

        assertThat(first.jobs()).isEmpty();
        assertThat(first.next()).isNotNull();
        JobPage second = get(store().list(new JobQuery("alice", Set.of(JobState.FAILED), null, 10, first.next())));
        assertThat(ids(second)).containsExactly("found");
        assertThat(second.next()).isNull();
    }

    @Test
    void damagedRecordHidesNoOtherJob() {
        open(NO_REPAIR);
        submit("j1", "alice");
        submit("j2", "alice");
        submit("j3", "alice");
        awaitTrue(() -> indexed(ALICES).size() == 3);
        redis.cli("HSET", "job:j2", "doc", "{", "version", "x");
        redis.cli("DEL", "job:j3");
        redis.cli("RPUSH", "job:j3", "a list");

        assertThat(listed("alice")).containsExactly("j1");
    }

    @Test
    void keysThatAreNoJobsDoNotStopTheRepair() {
        redis.cli("SET", "job:text", "x");
        redis.cli("RPUSH", "job:list", "x");
        redis.cli("HSET", "job:hash", "created", "yesterday");
        redis.cli("HSET", "job: no id", "created", "1");
        redis.cli("SET", "ringback:jobs:nobody", "x");
        redis.cli("ZADD", ALL, "1.5", "half", "inf", "never", "1", "no id", "7", "gone");
        open(QUICK_REPAIR);
        runScript("j1", "apply", "status", "processing", "owner", "alice");

        awaitTrue(() -> listed("alice").equals(List.of("j1")));
        long passes = counters("passes");
        awaitTrue(() -> counters("passes") > passes + 1);
        assertThat(listed(null)).containsExactly("j1");
        assertThat(indexed(ALL)).contains("j1").doesNotContain("gone");
    }

    @Test
    void gatewaysThatAskAtOnceShareOneSecret() {
        RedisSide first = open(NO_REPAIR);
        try (RedisSide second = new RedisSide(redis.uri(), "gw-b", NO_REPAIR)) {
            second.awaitConnected();
            List<CompletionStage<byte[]>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add((i % 2 == 0 ? first : second).store().secret());
            }

            byte[] secret = get(answers.get(0));
            assertThat(secret).hasSize(32).isNotEqualTo(new byte[32]);
            answers.forEach(answer -> assertThat(get(answer)).isEqualTo(secret));
        }
        assertThat(get(open(NO_REPAIR).store().secret())).isEqualTo(get(store().secret()));

        redis.cli("SET", "ringback:secret", "");
        assertThat(store().secret()).failsWithin(Duration.ofSeconds(5));
    }

    private JobStore store() {
        return side.store();
    }

    private long counters(String what) {
        return switch (what) {
            case "failed" -> side.counters().indexWritesFailed.sum();
            case "dropped" -> side.counters().indexEntriesDropped.sum();
            case "passes" -> side.counters().indexPasses.sum();
            default -> throw new IllegalArgumentException(what);
        };
    }

    private StoreWrite submit(String id, @Nullable String owner) {
        return get(store().create(JobId.of(id), job(), new JobStore.Submission(owner, "f")));
    }

    private static NewJob job() {
        return new NewJob("report", "{\"year\":2026}".getBytes(UTF_8), 0, null, null, null, null, NewJob.Plan.NONE);
    }

    /** As a worker does, or a gateway that is killed before it writes the index. */
    private void runScript(String id, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "EVAL",
                new String(ApplyScript.source(), UTF_8),
                "3",
                "job:" + id,
                "{job:" + id + "}:log",
                "{job:" + id + "}:result"));
        command.addAll(List.of(arguments));
        assertThat(redis.cli(command.toArray(String[]::new))).isInstanceOf(List.class);
    }

    private List<String> indexed(String key) {
        return ((List<?>) redis.cli("ZRANGE", key, "0", "-1"))
                .stream().map(String::valueOf).toList();
    }

    private List<String> listed(@Nullable String owner) {
        return listed(owner, 100).stream().sorted().toList();
    }

    private List<String> listed(@Nullable String owner, int limit) {
        List<String> ids = new ArrayList<>();
        JobPlace after = null;
        do {
            JobPage page = get(store().list(new JobQuery(owner, Set.of(), null, limit, after)));
            ids.addAll(ids(page));
            after = page.next();
        } while (after != null);
        return ids;
    }

    private static List<String> ids(JobPage page) {
        return page.jobs().stream().map(job -> job.present().jobId().toString()).toList();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
