package dev.ringback.gateway.store;

class MemoryJobStoreListTest extends JobStoreListContractTest {
    @Override
    StoreUnderTest newStore(String... settings) {
        return new MemoryStoreUnderTest(settings);
    }
}
