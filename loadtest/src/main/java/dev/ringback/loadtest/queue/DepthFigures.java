package dev.ringback.loadtest.queue;

import java.util.Map;

/**
 * What a queue of some depth costs.
 *
 * @param store which it is in
 * @param waiting jobs that waited while it was measured
 * @param micros what requests took, over one connection, by what they ask for: median and p99
 * @param redisMicros what steps on the queue took in Redis, medians; empty without Redis
 */
record DepthFigures(String store, int waiting, Map<String, Times> micros, Map<String, Double> redisMicros) {
    /** Of one kind of request. */
    record Times(double p50, double p99) {}

    /**
     * What a store holds at one moment.
     *
     * @param bytes of heap, file or Redis
     * @param queueBytes those that are the queue's and not the jobs' own; -1 where the store can't tell
     */
    record Held(long bytes, long queueBytes) {}
}
