package dev.ringback.gateway.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What workers publish by hand: heard, applied once, and heard again with a version. */
class RedisPlainEventsIT {
    private static final JobId ID = JobId.of("123");

    private static RedisProcess redis;
    private RedisSide side;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void connect() {
        redis.cli("FLUSHALL");
        side = new RedisSide(redis.uri(), "gw-a", "limits.body-bytes=1KiB");
        side.awaitConnected();
        side.follow(ID);
    }

    @AfterEach
    void disconnect() {
        side.close();
    }

    @Test
    void plainEventIsAppliedAndComesBackWithItsVersion() {
        publish("{\"progress\":{\"current\":1},\"type\":\"resize\"}");
        publish("{\"status\":\"complete\",\"result\":{\"ok\":true}}");

        RedisSide.awaitTrue(() -> side.relayed(ID).size() == 2);
        JobEvent ended = side.relayed(ID).get(1);
        assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
        assertThat(ended.version()).isEqualTo(2);
        assertThat(new String(ended.json(), UTF_8)).contains("\"type\":\"resize\"", "\"result\":{\"ok\":true}");
        assertThat(read().snapshot().present().json()).isEqualTo(ended.json());
        assertThat(side.counters().plainApplied.sum()).isEqualTo(2);
    }

    @Test
    void whatSaysNothingAboutAJobIsCountedAndDropped() {
        List.of("", "hello", "[1]", "{}", "{\"status\":\"bored\"}", "{\"status\":\"running\",\"result\":1}")
                .forEach(RedisPlainEventsIT::publish);
        publish("{\"status\":\"done\",\"result\":\"" + "x".repeat(1_024) + "\"}");

        RedisSide.awaitTrue(() -> side.counters().plainInvalid.sum() == 7);
        assertThat(read()).isEqualTo(StoreRead.ABSENT);
        assertThat(side.listenerOf(ID).heard(ID)).containsExactly("subscribed 123");
    }

    @Test
    void twoGatewaysThatHearTheSameMakeOneVersionOfIt() {
        try (RedisSide other = new RedisSide(redis.uri(), "gw-b")) {
            other.awaitConnected();
            other.follow(ID);
            for (int i = 1; i <= 20; i++) {
                publish("{\"progress\":" + i + "}");
            }
            RedisSide.awaitTrue(() -> handled(side) + handled(other) == 40);
            publish("{\"status\":\"done\"}");
            RedisSide.awaitTrue(() -> handled(side) + handled(other) == 42);
            assertThat(side.counters().plainApplied.sum()
                            + other.counters().plainApplied.sum())
                    .isEqualTo(21);
            RedisSide.awaitTrue(
                    () -> side.relayed(ID).size() == 21 && other.relayed(ID).size() == 21);
            assertThat(read().snapshot().present().version()).isEqualTo(21);
            assertThat(side.relayed(ID)).extracting(JobEvent::version).isSorted();
            assertThat(new String(side.relayed(ID).get(19).json(), UTF_8)).contains("\"progress\":{\"current\":20}");
        }
    }

    private static long handled(RedisSide side) {
        return side.counters().plainApplied.sum() + side.counters().plainRefused.sum();
    }

    @Test
    void unknownJobsStayUnknownWhereTheConfigurationSaysSo() {
        side.close();
        side = new RedisSide(redis.uri(), "gw-a", "jobs.auto-create=false");
        side.awaitConnected();
        side.follow(ID);
        publish("{\"status\":\"done\"}");

        RedisSide.awaitTrue(() -> side.counters().plainRefused.sum() == 1);
        assertThat(read()).isEqualTo(StoreRead.ABSENT);
    }

    @Test
    void plainEndIsTriedAgainUntilTheStoreTakesIt() {
        redis.cli("CONFIG", "SET", "maxmemory", "1");
        publish("{\"progress\":1}");
        publish("{\"status\":\"done\"}");
        RedisSide.awaitTrue(() -> side.store().outage() != null);
        RedisSide.awaitTrue(() -> side.counters().plainLost.sum() == 1);
        redis.cli("CONFIG", "SET", "maxmemory", "0");

        RedisSide.awaitTrue(() -> side.relayed(ID).size() == 1);
        assertThat(side.relayed(ID).get(0).state()).isEqualTo(JobState.COMPLETED);
        assertThat(side.counters().plainLost.sum()).as("the progress").isEqualTo(1);
    }

    private static void publish(String plain) {
        redis.cli("PUBLISH", "job:123", plain);
    }

    private StoreRead read() {
        return side.store()
                .read(ID)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
