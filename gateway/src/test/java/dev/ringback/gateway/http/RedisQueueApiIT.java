package dev.ringback.gateway.http;

import dev.ringback.gateway.testkit.RedisProcess;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@Tag("conformance")
class RedisQueueApiIT {
    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    private static List<String> onRedis() {
        return List.of("store.kind=redis", "redis.uri=" + redis.uri());
    }

    @Nested
    class Leases extends LeasesContract {
        @Override
        List<String> store() {
            return onRedis();
        }
    }

    @Nested
    class DeadLetters extends DeadLettersContract {
        @Override
        List<String> store() {
            return onRedis();
        }
    }

    @Nested
    class Plans extends PlansContract {
        @Override
        List<String> store() {
            return onRedis();
        }
    }

    @Nested
    class Owners extends OwnersContract {
        @Override
        List<String> store() {
            return onRedis();
        }
    }
}
