package dev.ringback.gateway.queue;

class MemoryDependencyStoreTest extends DependencyStoreContract {
    @Override
    QueuesUnderTest newQueues(String... settings) {
        return new MemoryQueues(settings);
    }
}
