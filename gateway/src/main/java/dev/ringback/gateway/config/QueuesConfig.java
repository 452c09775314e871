package dev.ringback.gateway.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code queues.*}: jobs that wait for workers who ask for them.
 *
 * @param enabled whether submitted jobs wait in the queue of their type
 * @param depth how many jobs of one type may wait; beyond it, submissions are answered 429
 * @param types what is particular to some types of jobs
 * @param lease how long a worker has a job before it has to say that it is still at it
 * @param maxLease how long a worker may ask for
 * @param maxAttempts how often a job is tried, where its submission does not say
 * @param retryDelay the delay before the second try, doubled with each further one, and then chosen at random from 0 up to that
 * @param retryMaxDelay the longest such delay
 * @param aging by how much longer a job must have waited to go before one whose priority is higher by one
 * @param deadTtl how long dead letters are kept
 * @param dead how many dead letters of one type are listed; beyond it, the oldest leave the list
 * @param waiting how many requests for work may wait on this gateway
 */
public record QueuesConfig(
        @Setting("true") boolean enabled,

        @Setting(value = "1000000", min = "1", max = "100000000")
        int depth,

        @Setting(value = "", format = Format.QUEUE) List<String> types,
        @Setting(value = "30s", min = "100ms", max = "24h") Duration lease,
        @Setting(value = "10m", min = "100ms", max = "24h") Duration maxLease,
        @Setting(value = "3", min = "1", max = "1000") int maxAttempts,
        @Setting(value = "1s", min = "0s", max = "24h") Duration retryDelay,
        @Setting(value = "10m", min = "0s", max = "24h") Duration retryMaxDelay,
        @Setting(value = "1m", min = "1ms", max = "24h") Duration aging,
        @Setting(value = "7d", min = "1s", max = "365d") Duration deadTtl,

        @Setting(value = "10000", min = "1", max = "1000000")
        int dead,

        @Setting(value = "10000", min = "1", max = "1000000")
        int waiting) {

    public QueuesConfig {
        types = List.copyOf(types);
        Keys.requireAllowed(
                QueuesConfig.class,
                enabled,
                depth,
                types,
                lease,
                maxLease,
                maxAttempts,
                retryDelay,
                retryMaxDelay,
                aging,
                deadTtl,
                dead,
                waiting);
    }

    /** What is particular to a type; null for nothing. */
    public Function<String, @Nullable QueueType> particulars() {
        Map<String, QueueType> byType = new HashMap<>();
        types.forEach(text -> byType.put(QueueType.of(text).type(), QueueType.of(text)));
        return byType::get;
    }
}
