package dev.ringback.gateway.queue;

import dev.ringback.gateway.testkit.RedisProcess;
import org.junit.jupiter.api.Nested;

/** All that is promised of queues, on a Redis. */
abstract class RedisQueuesContract {
    abstract RedisProcess redis();

    @Nested
    class Order extends QueueStoreContract {
        @Override
        QueuesUnderTest newQueues(String... settings) {
            return RedisQueues.onEmpty(redis(), settings);
        }
    }

    @Nested
    class Leases extends QueueLeasesContract {
        @Override
        QueuesUnderTest newQueues(String... settings) {
            return RedisQueues.onEmpty(redis(), settings);
        }
    }

    @Nested
    class Limits extends QueueLimitsContract {
        @Override
        QueuesUnderTest newQueues(String... settings) {
            return RedisQueues.onEmpty(redis(), settings);
        }
    }

    @Nested
    class Dependencies extends DependencyStoreContract {
        @Override
        QueuesUnderTest newQueues(String... settings) {
            return RedisQueues.onEmpty(redis(), settings);
        }
    }
}
