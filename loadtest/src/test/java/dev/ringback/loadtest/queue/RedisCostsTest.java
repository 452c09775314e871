package dev.ringback.loadtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ringback.loadtest.server.RedisServer;
import org.junit.jupiter.api.Test;

class RedisCostsTest {
    private static final String KEY = "{ringback:queue:load}:jobs";
    /** Takes some milliseconds, so that the slow log has it. */
    private static final String SCRIPT =
            "for i = 1, 100000 do redis.call('PING') end return redis.call('ZADD', KEYS[1], 1, 'a')";

    @Test
    void stepsOnQueuesAreTimedAndTheirKeysWeighed() throws Exception {
        assumeThat(RedisServer.program()).isPresent();
        try (RedisServer redis = RedisServer.start(RedisServer.program().orElseThrow());
                RedisCosts costs = new RedisCosts(redis.address());
                RedisTalk talk = new RedisTalk(redis.address())) {
            talk.ask("EVAL", SCRIPT, "1", KEY, "before");
            costs.begin();
            talk.ask("EVAL", SCRIPT, "1", KEY, "take", "1");
            talk.ask("EVAL", SCRIPT, "1", "other", "add", "1");

            assertThat(costs.end())
                    .containsOnlyKeys("take")
                    .allSatisfy((step, micros) -> assertThat(micros)
                            .singleElement()
                            .satisfies(each -> assertThat(each).isGreaterThan(100)));
            assertThat(costs.queueBytes()).isBetween(30L, 300L);
            assertThat(costs.usedBytes()).isPositive();
        }
    }
}
