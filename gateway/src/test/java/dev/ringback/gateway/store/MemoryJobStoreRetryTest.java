package dev.ringback.gateway.store;

class MemoryJobStoreRetryTest extends JobStoreRetryContractTest {
    @Override
    StoreUnderTest newStore(String... settings) {
        return new MemoryStoreUnderTest(settings);
    }
}
