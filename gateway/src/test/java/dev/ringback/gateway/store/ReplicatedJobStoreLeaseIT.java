package dev.ringback.gateway.store;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of leases, with {@code store.durability = replicated}. */
class ReplicatedJobStoreLeaseIT extends JobStoreLeaseContractTest {
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
