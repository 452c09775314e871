package dev.ringback.gateway.webhook;

import dev.ringback.gateway.testkit.RedisProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisDeliveriesIT extends DeliveriesContract {
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
    WebhooksUnderTest newStores(String... settings) {
        return RedisWebhooks.onEmpty(redis, settings);
    }
}
