package dev.ringback.gateway.queue;

import dev.ringback.gateway.testkit.RedisProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@Tag("conformance")
class RedisQueuesOldestIT {
    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.startOldest();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Nested
    class Order extends QueueStoreContract {
        @Override
        QueuesUnderTest newQueues(String... settings) {
            return RedisQueues.onEmpty(redis, settings);
        }
    }

    @Nested
    class Leases extends QueueLeasesContract {
        @Override
        QueuesUnderTest newQueues(String... settings) {
            return RedisQueues.onEmpty(redis, settings);
        }
    }

    @Nested
    class Limits extends QueueLimitsContract {
        @Override
        QueuesUnderTest newQueues(String... settings) {
            return RedisQueues.onEmpty(redis, settings);
        }
    }

    @Nested
    class Dependencies extends DependencyStoreContract {
        @Override
        QueuesUnderTest newQueues(String... settings) {
            return RedisQueues.onEmpty(redis, settings);
        }
    }
}
