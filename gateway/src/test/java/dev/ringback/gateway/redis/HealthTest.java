package dev.ringback.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private final Health health =
            new Health(new RedisAddress(RedisURI.create("redis://h:1")), Duration.ofMillis(2_000));

    @Test
    void silenceIsATroubleUntilTheNextReply() {
        assertThat(health.trouble(0)).isNull();
        health.onSilence(3 * SECOND, SECOND);
        assertThat(health.trouble(3 * SECOND)).isEqualTo("Redis at h:1 does not answer within 2000 ms");
        health.onReply(4 * SECOND, false);
        assertThat(health.trouble(4 * SECOND)).isNull();
    }

    @Test
    void silenceLastsFromTheFirstCallWithoutAnswerToTheNextReply() {
        health.onSilence(3 * SECOND, SECOND);
        health.onSilence(4 * SECOND, 2 * SECOND);
        assertThat(health.silentNanos(5 * SECOND)).isEqualTo(4 * SECOND);
        health.onReply(6 * SECOND, false);
        assertThat(health.silentNanos(60 * SECOND)).isZero();
        health.onSilence(63 * SECOND, 61 * SECOND);
        assertThat(health.silentNanos(63 * SECOND)).isEqualTo(2 * SECOND);
        health.onConnected();
        assertThat(health.silentNanos(70 * SECOND)).isZero();
    }

    @Test
    void oneLateAnswerAmongOthersIsNoSilence() {
        health.onReply(2 * SECOND, false);
        health.onSilence(3 * SECOND, SECOND);

        assertThat(health.trouble(3 * SECOND)).isNull();
    }

    @Test
    void refusedChangesAreATroubleUntilAChangeIsTaken() {
        health.onFailure(SECOND, refusal("OOM command not allowed"), true);
        health.onReply(2 * SECOND, false);
        assertThat(health.trouble(2 * SECOND)).isEqualTo("Redis at h:1 refuses: OOM command not allowed");
        health.onReply(3 * SECOND, true);
        assertThat(health.trouble(3 * SECOND)).isNull();
    }

    @Test
    void refusalOfOneCommandIsNoTrouble() {
        health.onFailure(SECOND, refusal("WRONGTYPE Operation against a key"), true);
        health.onFailure(SECOND, refusal("RINGBACK damaged: job:1"), true);

        assertThat(health.trouble(SECOND)).isNull();
    }

    @Test
    void troubleThatNothingConfirmsIsForgotten() {
        health.onFailure(SECOND, refusal("LOADING Redis is loading"), false);

        assertThat(health.trouble(11 * SECOND)).isNotNull();
        assertThat(health.trouble(11 * SECOND + 1)).isNull();
    }

    private static RedisFailure refusal(String message) {
        return RedisFailure.ofCommand(new RedisCommandExecutionException(message));
    }
}
