package dev.ringback.gateway.store;

class MemoryJobStoreEventsTest extends JobStoreEventsContractTest {
    @Override
    StoreUnderTest newStore(String... settings) {
        return new MemoryStoreUnderTest(settings);
    }
}
