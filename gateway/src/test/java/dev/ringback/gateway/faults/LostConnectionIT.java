package dev.ringback.gateway.faults;

import static dev.ringback.gateway.testkit.TcpProxy.Direction.FROM_UPSTREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.RedisSocket;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever waits while connections to Redis break, and Redis keeps its data, hears one end of the job, whenever it comes (I1, I2). */
class LostConnectionIT {
    private Recovery recovery;

    @BeforeEach
    void start() {
        recovery = Recovery.start();
    }

    @AfterEach
    void stop() throws Exception {
        recovery.close();
    }

    /** Ways to lose connections while Redis runs. */
    enum Break {
        RESET_OF_PUB_SUB(recovery -> recovery.pubSub().reset()),
        RESET_OF_COMMANDS(recovery -> recovery.commands().reset()),
        RESET_OF_ALL(recovery -> recovery.proxy.resetAll()),
        KILL_OF_PUB_SUB(recovery -> recovery.redis.cli("CLIENT", "KILL", "TYPE", "pubsub")),
        KILL_OF_COMMANDS(recovery -> recovery.redis.cli("CLIENT", "KILL", "TYPE", "normal"));

        private final Consumer<Recovery> action;

        Break(Consumer<Recovery> action) {
            this.action = action;
        }
    }

    @ParameterizedTest
    @EnumSource
    void endIsHeardOnceWhetherItComesBeforeDuringOrAfterABreak(Break broken) throws Exception {
        recovery.follow("before", "during", "after", "later");
        recovery.complete("before");
        recovery.proxy.refuseAll();
        broken.action.accept(recovery);
        recovery.awaitThat("the loss is noticed", () -> !recovery.isReady());
        recovery.complete("during");
        recovery.progress("after");
        recovery.proxy.acceptAll();
        recovery.complete("after");
        recovery.completeOnceSubscribed("later");

        recovery.assertOneEndEachWithoutReset();
        recovery.awaitThat("the gateway is ready again", recovery::isReady);
    }

    @Test
    void firstRedialsMayFail() throws Exception {
        recovery.follow("before", "during", "later");
        recovery.complete("before");
        int refused = recovery.proxy.refused();
        recovery.proxy.refuse(5);
        recovery.proxy.resetAll();
        recovery.complete("during");
        recovery.completeOnceSubscribed("later");

        recovery.assertOneEndEachWithoutReset();
        assertThat(recovery.proxy.refused() - refused).isEqualTo(5);
    }

    @Test
    void killedRedisComesBackWithItsFile() throws Exception {
        recovery.follow("before", "after", "later");
        recovery.complete("before");
        recovery.redis.kill();
        recovery.awaitThat("the loss is noticed", () -> !recovery.isReady());
        recovery.redis.restart(true);
        recovery.complete("after");
        recovery.completeOnceSubscribed("later");

        recovery.assertOneEndEachWithoutReset();
    }

    @Test
    void frozenRedisTakesUpWhereItStopped() throws Exception {
        recovery.follow("before", "during", "after", "later");
        recovery.complete("before");
        recovery.redis.freeze();
        try (RedisSocket queued = recovery.sendCompletion("during")) {
            recovery.awaitThat("the silence is noticed", () -> {
                recovery.pollStore();
                return recovery.readiness().contains("does not answer");
            });
            recovery.redis.thaw();
            assertThat((List<?>) queued.read()).first().isEqualTo("applied");
        }
        recovery.complete("after");
        recovery.completeOnceSubscribed("later");

        recovery.assertOneEndEachWithoutReset();
    }

    @Test
    void subscriberThatRedisDropsForItsBacklogMissesNoEnd() throws Exception {
        recovery.redis.cli("CONFIG", "SET", "client-output-buffer-limit", "pubsub 64kb 0 0");
        recovery.follow("before", "talkative", "during", "after", "later");
        recovery.complete("before");
        recovery.pubSub().hold(FROM_UPSTREAM);
        String big = "{\"message\":\"" + "x".repeat(60_000) + "\"}";
        recovery.awaitThat("Redis drops its subscribers", () -> {
            for (String job : List.of("talkative", "during", "after", "later")) {
                recovery.apply(job, "progress", big);
            }
            return recovery.pubSub().size() == 0;
        });
        recovery.complete("talkative");
        recovery.complete("during");
        recovery.proxy.existing().release();
        recovery.complete("after");
        recovery.completeOnceSubscribed("later");

        recovery.assertOneEndEachWithoutReset();
    }

    @Test
    void slowAndUnevenNetworkThatBreaksAgainAndAgainConfusesNobody() throws Exception {
        recovery.follow("before", "during", "later");
        recovery.proxy.all().delay(Duration.ofMillis(5), Duration.ofMillis(15));
        for (int round = 0; round < 6; round++) {
            recovery.progress("before");
            recovery.progress("during");
            recovery.pubSub().reset();
            recovery.progress("during");
            recovery.progress("later");
            recovery.awaitThat("a new connection", () -> recovery.pubSub().size() > 0);
        }
        recovery.complete("before");
        recovery.proxy.resetAll();
        recovery.complete("during");
        recovery.completeOnceSubscribed("later");

        recovery.assertOneEndEachWithoutReset();
    }
}
