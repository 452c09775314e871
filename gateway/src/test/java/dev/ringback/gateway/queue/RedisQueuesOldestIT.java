package dev.ringback.gateway.queue;

import dev.ringback.gateway.testkit.RedisProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("conformance")
class RedisQueuesOldestIT extends RedisQueuesContract {
    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.startOldest();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    RedisProcess redis() {
        return redis;
    }
}
