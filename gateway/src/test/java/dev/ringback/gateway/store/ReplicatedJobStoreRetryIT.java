package dev.ringback.gateway.store;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of jobs that are tried again, with {@code store.durability = replicated}. */
class ReplicatedJobStoreRetryIT extends JobStoreRetryContractTest {
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
        return redis.newStore(settings);
    }
}
