package dev.ringback.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever waits while Redis forgets is told so: by {@code gone}, or by {@code reset} and then the end (I2, I4). */
class LostDataIT {
    private Recovery recovery;

    private void start(String... settings) {
        recovery = Recovery.start(settings);
    }

    @AfterEach
    void stop() throws Exception {
        recovery.close();
    }

    @Test
    void jobsThatAnEmptyRedisDoesNotKnowAreGone() throws Exception {
        start();
        recovery.follow("lost", "lost-too");
        recovery.redis.kill();
        recovery.redis.restart(false);

        recovery.assertGoneEach();
    }

    @Test
    void jobMadeAnewUnderItsNameIsResetAndThenEnds() throws Exception {
        start();
        recovery.follow("restarted", "ended");
        recovery.proxy.refuseAll();
        recovery.redis.kill();
        recovery.redis.restart(false);
        recovery.progress("restarted");
        recovery.complete("ended");
        recovery.proxy.acceptAll();

        recovery.awaitResets("restarted", 1);
        recovery.awaitVersion("restarted", 1);
        recovery.completeOnceSubscribed("restarted");
        recovery.assertOneEndEach();
        recovery.hearersOfVersions("ended")
                .forEach(story -> assertThat(story.resets()).as(story::toString).isOne());
    }

    @Test
    void olderFileResetsEveryoneToTheOlderVersion() throws Exception {
        start();
        recovery.follow("before", "moved", "ended-there", "untouched");
        Path older = recovery.redis.copyData();
        recovery.complete("before");
        recovery.progress("moved");
        recovery.progress("moved");
        recovery.progress("ended-there");
        recovery.awaitVersion("moved", 4);
        recovery.awaitVersion("ended-there", 3);
        recovery.proxy.refuseAll();
        recovery.redis.kill();
        recovery.redis.restoreData(older);
        recovery.redis.restart(true);
        recovery.proxy.acceptAll();

        recovery.awaitResets("moved", 1);
        recovery.awaitVersion("moved", 2);
        recovery.progress("moved");
        recovery.complete("moved");
        recovery.completeOnceSubscribed("ended-there");
        recovery.completeOnceSubscribed("untouched");
        recovery.assertOneEndEach();
        recovery.hearersOfVersions("untouched")
                .forEach(story -> assertThat(story.resets()).as(story::toString).isZero());
    }

    /** The older file knows nothing of the end that was heard: whoever asks anew is told the older state, and the end again. */
    @Test
    void endThatWasUndoneIsHeardAgainByWhoeverAsksAnew() throws Exception {
        start("hub.linger=0s");
        recovery.follow("undone");
        Path older = recovery.redis.copyData();
        recovery.complete("undone");
        recovery.assertOneEndEachWithoutReset();
        recovery.redis.kill();
        recovery.redis.restoreData(older);
        recovery.redis.restart(true);
        recovery.awaitThat("the gateway is ready again", recovery::isReady);

        recovery.followAgain("undone");
        recovery.completeOnceSubscribed("undone");
        recovery.assertOneEndEachWithoutReset();
    }

    @Test
    void sweepFindsThatAllWasFlushed() throws Exception {
        start("hub.sweep-interval=300ms");
        recovery.follow("flushed", "flushed-too");
        recovery.redis.cli("FLUSHALL");

        recovery.assertGoneEach();
    }

    @Test
    void jobMadeAnewAfterAFlushIsResetAndThenEnds() throws Exception {
        start();
        recovery.follow("restarted", "ended");
        recovery.redis.cli("FLUSHALL");
        recovery.progress("restarted");
        recovery.complete("ended");

        recovery.awaitResets("restarted", 1);
        recovery.complete("restarted");
        recovery.assertOneEndEach();
    }
}
