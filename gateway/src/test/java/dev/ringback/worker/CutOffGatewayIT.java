package dev.ringback.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A gateway ends at each of the commands that it sends to Redis for a job, before it and after it: another puts right what it left, so
 * that each job ends once and nothing stays in its queue.
 */
@Tag("chaos")
class CutOffGatewayIT {
    private static final String TYPE = "cut";
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String[] SETTINGS = {"store.kind=redis", "queues.retry-delay=50ms", "queues.lease=1s"};

    /** What a gateway does when it ends. */
    private enum Story {
        SUBMIT(false),
        TAKE(false),
        MOVE_ON(true),
        COMPLETE(true),
        FAIL(true),
        FAIL_FOR_GOOD(true),
        GIVE_BACK(true),
        CANCEL(true),
        SUBMIT_AFTER(true),
        COMPLETE_BEFORE_ANOTHER(true);

        private final boolean leased;

        Story(boolean leased) {
            this.leased = leased;
        }
    }

    /** Jobs whose clients were answered that they are taken. */
    private final Set<String> accepted = new TreeSet<>();

    private final Set<String> all = new TreeSet<>();
    /** Jobs by what somebody was told of their end. */
    private final Map<String, String> ends = new LinkedHashMap<>();

    private int jobs;

    @Test
    void eachJobEndsOnceAtWhateverCommandAGatewayEnds() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                TestGateway other = TestGateway.start(settings(redis.uri()))) {
            QueueCaller healthy = new QueueCaller(() -> other.http("").toString());
            List<String> played = new ArrayList<>();
            for (Story story : Story.values()) {
                int commands = playAll(story, redis, healthy);
                played.add(story + " " + commands);
                assertThat(commands).as(story.name()).isPositive();
            }
            System.out.println("commands at which a gateway ended: " + played);
            Map<String, Integer> completed = workOff(healthy);
            judge(healthy, completed);
        }
    }

    private static String[] settings(String uri) {
        String[] settings = java.util.Arrays.copyOf(SETTINGS, SETTINGS.length + 1);
        settings[SETTINGS.length] = "redis.uri=" + uri;
        return settings;
    }

    private int playAll(Story story, RedisProcess redis, QueueCaller healthy) throws Exception {
        int number = 1;
        while (true) {
            boolean before = play(story, number, false, redis, healthy);
            boolean after = play(story, number, true, redis, healthy);
            if (!before && !after) {
                return number - 1;
            }
            number++;
        }
    }

    /** Whether there was such a command. */
    private boolean play(Story story, int number, boolean done, RedisProcess redis, QueueCaller healthy)
            throws Exception {
        String id = "cut-" + ++jobs + "-end";
        // A type of its own, for the worker that takes this very job; all are worked off in the end.
        String type = TYPE + jobs;
        try (RedisCutter cutter = RedisCutter.before(redis.port());
                TestGateway dying = TestGateway.start(settings(cutter.uri()))) {
            QueueCaller caller = new QueueCaller(() -> dying.http("").toString());
            String lease = "";
            if (story != Story.SUBMIT) {
                submit(healthy, id, type, "");
            }
            if (story.leased) {
                lease = lease(healthy, type, "somebody", 1).path("leaseId").textValue();
            }
            if (story == Story.COMPLETE_BEFORE_ANOTHER) {
                submit(healthy, id + "-follower", type, ",\"after\":[\"" + id + "\"]");
            }
            cutter.cutAt(id, number, done);
            go(story, caller, id, type, lease);
            // What nobody waits for comes behind the answer.
            await().atMost(PATIENCE).pollDelay(Duration.ofMillis(60)).until(cutter::isWhole);
            // A client that is closed while it connects leaves Lettuce's read buffer unreleased.
            await().atMost(PATIENCE).until(dying::isReady);
            return cutter.isCut();
        }
    }

    private void go(Story story, QueueCaller caller, String id, String type, String lease) throws Exception {
        switch (story) {
            case SUBMIT -> submit(caller, id, type, "");
            case TAKE -> lease(caller, type, "worker-of-" + id, 1);
            case MOVE_ON -> report(caller, id, lease, "\"progress\":{\"percent\":50}", "");
            case COMPLETE, COMPLETE_BEFORE_ANOTHER ->
                report(caller, id, lease, "\"status\":\"completed\"", "completed");
            case FAIL -> report(caller, id, lease, "\"status\":\"failed\",\"error\":{\"code\":\"x\"}", "");
            case FAIL_FOR_GOOD ->
                report(
                        caller,
                        id,
                        lease,
                        "\"status\":\"failed\",\"error\":{\"code\":\"x\",\"retryable\":false}",
                        "failed");
            case GIVE_BACK -> report(caller, id, lease, "\"status\":\"queued\"", "");
            case CANCEL -> {
                if (caller.ask("DELETE", "/jobs/" + id, "").status() < 300) {
                    ends.put(id, "cancelled");
                }
            }
            case SUBMIT_AFTER -> submit(caller, id + "-follower", type, ",\"after\":[\"" + id + "\"]");
        }
    }

    private void submit(QueueCaller caller, String id, String type, String more) throws Exception {
        all.add(id);
        String body = "{\"type\":\"" + type + "\"" + more + "}";
        int status = caller.ask("PUT", "/jobs/" + id, body).status();
        if (status == 202 || status == 200) {
            accepted.add(id);
        }
    }

    private static JsonNode lease(QueueCaller caller, String type, String worker, int seconds) throws Exception {
        String query = "?lease=" + seconds + "&wait=0&worker=" + worker;
        return caller.ask("POST", "/queues/" + type + "/lease" + query, "").body();
    }

    /** What is answered at last. */
    private static JsonNode told(QueueCaller caller, String path) {
        return await().atMost(PATIENCE)
                .until(() -> caller.ask("GET", path, ""), answer -> answer.status() < 500)
                .body();
    }

    private void report(QueueCaller caller, String id, String lease, String what, String end) throws Exception {
        String body = "{\"leaseId\":\"" + lease + "\"," + what + "}";
        int status = caller.ask("POST", "/jobs/" + id + "/events", body).status();
        if (status == 200 && !end.isEmpty()) {
            ends.put(id, end);
        }
    }

    // ── the other gateway ──────────────────────────────────────────────────────────────────────────────────────

    /** Completes whatever there is to be had until nothing is left: how often each job was completed. */
    private Map<String, Integer> workOff(QueueCaller caller) {
        Map<String, Integer> completed = new LinkedHashMap<>();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> {
            JsonNode queues = told(caller, "/queues").path("queues");
            boolean left = false;
            for (JsonNode queue : queues) {
                long held = queue.path("waiting").asLong()
                        + queue.path("delayed").asLong()
                        + queue.path("leased").asLong();
                left |= held + queue.path("blocked").asLong() > 0;
                if (queue.path("waiting").asLong() > 0) {
                    completeOne(caller, queue.path("type").textValue(), completed);
                }
            }
            return !left && haveEnded(caller);
        });
        return completed;
    }

    /** Those too whose submission was not answered, where there are such jobs. */
    private boolean haveEnded(QueueCaller caller) {
        return all.stream().noneMatch(id -> Set.of("queued", "processing").contains(status(caller, id)))
                && accepted.stream()
                        .allMatch(
                                id -> Set.of("completed", "failed", "cancelled").contains(status(caller, id)));
    }

    private static String status(QueueCaller caller, String id) {
        return told(caller, "/jobs/" + id).path("status").asText();
    }

    private static void completeOne(QueueCaller caller, String type, Map<String, Integer> completed) throws Exception {
        JsonNode leased = lease(caller, type, "worker", 60);
        if (leased.has("leaseId")) {
            String id = leased.at("/job/jobId").textValue();
            String body = "{\"leaseId\":\"" + leased.path("leaseId").textValue() + "\",\"status\":\"completed\"}";
            if (caller.ask("POST", "/jobs/" + id + "/events", body).status() == 200) {
                completed.merge(id, 1, Integer::sum);
            }
        }
    }

    private void judge(QueueCaller caller, Map<String, Integer> completed) {
        assertThat(completed.values()).allMatch(times -> times == 1);
        for (Map.Entry<String, String> end : ends.entrySet()) {
            assertThat(status(caller, end.getKey())).as(end.getKey()).isEqualTo(end.getValue());
            assertThat(completed).doesNotContainKey(end.getKey());
        }
        for (String id : all) {
            JsonNode job = told(caller, "/jobs/" + id);
            assertThat(job.path("attempt").asInt()).as("%s", job).isLessThanOrEqualTo(2);
            assertThat(job.path("status").asText()).as("%s", job).isNotIn("queued", "processing");
        }
    }

    // ── a real death, and Redis's own ──────────────────────────────────────────────────────────────────────────

    /** As above with a process that is killed the moment the first step of a submission, and of an end, is done. */
    @Test
    void eachJobEndsOnceThoughAGatewayIsKilledBetweenTwoCommands() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                TestGateway other = TestGateway.start(settings(redis.uri()))) {
            QueueCaller healthy = new QueueCaller(() -> other.http("").toString());
            playToItsDeath(false, redis, healthy);
            playToItsDeath(true, redis, healthy);
            judge(healthy, workOff(healthy));
        }
    }

    private void playToItsDeath(boolean atTheEnd, RedisProcess redis, QueueCaller healthy) throws Exception {
        String id = "killed-" + atTheEnd;
        all.add(id);
        String lease = "";
        if (atTheEnd) {
            submit(healthy, id, TYPE, "");
            lease = lease(healthy, TYPE, "somebody", 1).path("leaseId").textValue();
        }
        try (RedisCutter cutter = RedisCutter.before(redis.port());
                GatewayProcess dying = GatewayProcess.start(settings(cutter.uri()))) {
            QueueCaller caller = new QueueCaller(() -> dying.http("").toString());
            Thread killer = new Thread(() -> killWhenCut(cutter, dying));
            killer.start();
            cutter.cutAt(id, atTheEnd ? 1 : 2, true);
            if (atTheEnd) {
                report(caller, id, lease, "\"status\":\"completed\"", "completed");
            } else {
                submit(caller, id, TYPE, "");
            }
            killer.join();
            assertThat(dying.isAlive()).isFalse();
        } catch (IOException e) {
            // Nobody answers who was killed.
        }
    }

    private static void killWhenCut(RedisCutter cutter, GatewayProcess dying) {
        try {
            cutter.cutOff().await();
            dying.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void noLeasedJobIsLostThoughRedisStandsStillAndIsKilled() throws Exception {
        try (RedisProcess redis = RedisProcess.start("--appendonly", "yes", "--appendfsync", "always");
                TestGateway gateway = TestGateway.start(settings(redis.uri()))) {
            QueueCaller caller = new QueueCaller(() -> gateway.http("").toString());
            Map<String, String> leases = new LinkedHashMap<>();
            for (int i = 0; i < 40; i++) {
                submit(caller, "leased-" + i, TYPE, "");
            }
            for (int i = 0; i < 20; i++) {
                JsonNode leased = lease(caller, TYPE, "somebody", 10);
                leases.put(
                        leased.at("/job/jobId").textValue(),
                        leased.path("leaseId").textValue());
            }
            redis.freeze();
            int answered = 0;
            for (Map.Entry<String, String> leased :
                    List.copyOf(leases.entrySet()).subList(0, 4)) {
                report(caller, leased.getKey(), leased.getValue(), "\"status\":\"completed\"", "completed");
            }
            answered += ends.size();
            assertThat(answered).as("answered while Redis stood still").isZero();
            redis.thaw();
            await().atMost(PATIENCE)
                    .until(() -> caller.ask("GET", "/queues/" + TYPE, "").status() == 200);
            for (Map.Entry<String, String> leased :
                    List.copyOf(leases.entrySet()).subList(4, 8)) {
                report(caller, leased.getKey(), leased.getValue(), "\"status\":\"completed\"", "completed");
            }
            redis.kill();
            redis.restart(true);
            await().atMost(PATIENCE)
                    .until(() -> caller.ask("GET", "/queues/" + TYPE, "").status() == 200);
            assertThat(accepted).hasSize(40);
            judge(caller, workOff(caller));
        }
    }
}
