package dev.ringback.gateway.store;

class FileJobStoreEventsTest extends JobStoreEventsContractTest {
    @Override
    StoreUnderTest newStore(String... settings) {
        return new FileStoreUnderTest(settings);
    }
}
