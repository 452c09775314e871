package dev.ringback.gateway.store;

import dev.ringback.gateway.testkit.RedisProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ApplyScriptLeasesOldestIT extends ApplyScriptLeasesContractTest {
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
