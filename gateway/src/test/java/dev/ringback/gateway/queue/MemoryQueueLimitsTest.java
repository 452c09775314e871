package dev.ringback.gateway.queue;

class MemoryQueueLimitsTest extends QueueLimitsContract {
    @Override
    QueuesUnderTest newQueues(String... settings) {
        return new MemoryQueues(settings);
    }
}
