package dev.ringback.gateway.store;

class FileJobStoreListTest extends JobStoreListContractTest {
    @Override
    StoreUnderTest newStore(String... settings) {
        return new FileStoreUnderTest(settings);
    }
}
