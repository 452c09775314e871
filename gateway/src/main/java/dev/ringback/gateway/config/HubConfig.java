package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code hub.*}: topics and their shards.
 *
 * @param shards shards of the hub; 0 is one per event loop
 * @param linger how long a topic outlives its last subscriber, so that the next long poll finds it
 * @param cacheBytes bytes of stored JSON that one shard's topics may hold; what is evicted is read again
 * @param firstAnswerTimeout how long a new subscriber waits for the topic's first snapshot
 * @param sweepInterval how often waited jobs are read again, should the relay have missed an event
 * @param topicsPerShard topics that one shard may hold; further subscribers are refused
 */
public record HubConfig(
        @Setting(value = "0", min = "0", max = "1024") int shards,
        @Setting(value = "5s", min = "0s", max = "10m") Duration linger,
        @Setting(value = "64MiB", min = "0", max = "64GiB") long cacheBytes,
        @Setting(value = "10s", min = "10ms", max = "5m") Duration firstAnswerTimeout,
        @Setting(value = "30s", min = "10ms", max = "1h") Duration sweepInterval,

        @Setting(value = "1000000", min = "1", max = "100000000")
        int topicsPerShard) {

    public HubConfig {
        Keys.requireAllowed(
                HubConfig.class, shards, linger, cacheBytes, firstAnswerTimeout, sweepInterval, topicsPerShard);
    }
}
