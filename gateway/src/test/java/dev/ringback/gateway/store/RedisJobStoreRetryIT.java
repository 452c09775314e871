package dev.ringback.gateway.store;

import dev.ringback.gateway.testkit.RedisProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisJobStoreRetryIT extends JobStoreRetryContractTest {
    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    StoreUnderTest newStore(String... settings) {
        return new RedisStoreUnderTest(redis.uri(), settings);
    }
}
