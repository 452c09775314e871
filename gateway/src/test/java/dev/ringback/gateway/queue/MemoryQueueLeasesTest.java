package dev.ringback.gateway.queue;

class MemoryQueueLeasesTest extends QueueLeasesContract {
    @Override
    QueuesUnderTest newQueues(String... settings) {
        return new MemoryQueues(settings);
    }
}
