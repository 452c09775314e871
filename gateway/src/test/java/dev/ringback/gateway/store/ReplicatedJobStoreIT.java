package dev.ringback.gateway.store;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract, with {@code store.durability = replicated}. */
class ReplicatedJobStoreIT extends JobStoreContractTest {
    private static ReplicatedRedis redis;

    @BeforeAll
    static void startRedis() {
        redis = new ReplicatedRedis();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    StoreUnderTest newStore(String... settings) {
        return new RedisStoreUnderTest(redis.primary.uri(), ReplicatedRedis.settings(settings));
    }
}
