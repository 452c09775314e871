package dev.ringback.gateway.store;

class FileJobStoreLeaseTest extends JobStoreLeaseContractTest {
    @Override
    StoreUnderTest newStore(String... settings) {
        return new FileStoreUnderTest(settings);
    }
}
