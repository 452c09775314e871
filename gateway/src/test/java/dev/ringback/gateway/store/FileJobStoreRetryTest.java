package dev.ringback.gateway.store;

class FileJobStoreRetryTest extends JobStoreRetryContractTest {
    @Override
    StoreUnderTest newStore(String... settings) {
        return new FileStoreUnderTest(settings);
    }
}
