package dev.ringback.gateway.faults;

import static dev.ringback.gateway.testkit.TcpProxy.Direction.FROM_UPSTREAM;
import static dev.ringback.gateway.testkit.TcpProxy.Direction.TO_UPSTREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.RedisSocket;
import dev.ringback.gateway.testkit.TcpProxy.Direction;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that carry nothing and look alive: whoever waits hears the end all the same (I1, I7). */
class SilentConnectionIT {
    private Recovery recovery;

    private void start(String... settings) {
        recovery = Recovery.start(settings);
    }

    @AfterEach
    void stop() throws Exception {
        recovery.close();
    }

    @Test
    void sweepFindsWhatADeadSubscriptionDidNotTell() throws Exception {
        start("hub.sweep-interval=300ms");
        recovery.follow("before", "during");
        recovery.complete("before");
        recovery.awaitThat(
                "the end is heard",
                () -> recovery.hearersOfVersions("before").stream().allMatch(story -> story.ends() == 1));
        recovery.pubSub().blackhole();
        recovery.complete("during");

        recovery.assertOneEndEachWithoutReset();
        assertThat(recovery.proxy.vanished(FROM_UPSTREAM)).isPositive();
    }

    @Test
    void canaryReplacesASubscriptionThatIsDeadBothWays() throws Exception {
        deadSubscription(Direction.values());
    }

    @Test
    void canaryReplacesASubscriptionFromWhichNothingComes() throws Exception {
        deadSubscription(FROM_UPSTREAM);
    }

    /** The sweep is out of the way: what is lost is found, and a new connection subscribed, by the canary alone. */
    private void deadSubscription(Direction... dead) throws Exception {
        start("readiness.canary-interval=200ms");
        recovery.follow("before", "during", "later");
        recovery.complete("before");
        recovery.pubSub().blackhole(dead);
        recovery.complete("during");
        recovery.progress("later");
        boolean redisHearsOfTheEnd = dead.length == 1;
        recovery.completeOnceSubscribed("later", redisHearsOfTheEnd ? 1 : 2);

        recovery.assertOneEndEachWithoutReset();
        recovery.awaitThat("the gateway is ready again", recovery::isReady);
    }

    /** Events still come, but what the gateway asks does not arrive. */
    @Test
    void subscriptionThatTakesNoRequestsStillTellsTheEnd() throws Exception {
        start("readiness.canary-interval=200ms");
        recovery.follow("during");
        recovery.pubSub().blackhole(TO_UPSTREAM);
        recovery.complete("during");

        recovery.assertOneEndEachWithoutReset();
    }

    /** Redis lets go of connections that the gateway gave up meanwhile, and of what was asked on them. */
    @Test
    void redisThatIsFrozenForManyCanariesIsTakenUpAgain() throws Exception {
        start("readiness.canary-interval=100ms", "redis.connect-timeout=300ms");
        recovery.follow("during", "after", "later");
        recovery.redis.freeze();
        try (RedisSocket queued = recovery.sendCompletion("during")) {
            recovery.awaitThat("the silence is noticed", () -> recovery.metric("ringback_canaries_missed_total") > 20);
            recovery.redis.thaw();
            assertThat((List<?>) queued.read()).first().isEqualTo("applied");
        }
        recovery.complete("after");
        recovery.completeOnceSubscribed("later");

        recovery.assertOneEndEachWithoutReset();
        recovery.awaitThat("the gateway is ready again", recovery::isReady);
    }

    /** The canary asks for its channel with each beat, and so notices. */
    @Test
    void newcomersAreServedThoughTheSubscriptionTakesNoRequests() throws Exception {
        start("readiness.canary-interval=200ms");
        recovery.follow("there");
        recovery.pubSub().blackhole(TO_UPSTREAM);
        recovery.follow("new");
        recovery.complete("new");
        recovery.complete("there");

        recovery.assertOneEndEachWithoutReset();
    }

    @Test
    void commandsThatAreNotAnsweredAreSentOnAnotherConnection() throws Exception {
        start("readiness.canary-interval=200ms");
        recovery.follow("during", "later");
        recovery.commands().blackhole();
        recovery.complete("during");
        recovery.awaitThat("the silence is noticed", () -> !recovery.isReady());
        recovery.awaitThat("the gateway is ready again", recovery::isReady);
        recovery.follow("new");
        recovery.complete("new");
        recovery.complete("later");

        recovery.assertOneEndEachWithoutReset();
    }
}
