package dev.ringback.gateway.store;

class MemoryJobStoreLeaseTest extends JobStoreLeaseContractTest {
    @Override
    StoreUnderTest newStore(String... settings) {
        return new MemoryStoreUnderTest(settings);
    }
}
