package dev.ringback.gateway.queue;

class MemoryQueueStoreTest extends QueueStoreContract {
    @Override
    QueuesUnderTest newQueues(String... settings) {
        return new MemoryQueues(settings);
    }
}
