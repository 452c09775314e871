package dev.ringback.gateway.webhook;

import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A gateway's webhooks in a real Redis, with its jobs. */
final class RedisWebhooks implements WebhooksUnderTest {
    /** What is longer would be waited for in vain: only leases are. */
    private static final Duration WAITED_FOR = Duration.ofSeconds(3);

    /** Leases end by so many milliseconds sooner. */
    private static final String SHORTEN_LEASES = "for _, destination in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do"
            + " redis.call('ZINCRBY', KEYS[1], -ARGV[1], destination) end";

    private final RedisProcess redis;
    private final String[] settings;
    private final RedisSide side;
    private final List<RedisWebhooks> others = new ArrayList<>();

    RedisWebhooks(RedisProcess redis, String gatewayId, String... settings) {
        this.redis = redis;
        this.settings = settings;
        this.side = new RedisSide(redis.uri(), gatewayId, settings);
        side.awaitConnected();
    }

    /** On a Redis that has been emptied. */
    static RedisWebhooks onEmpty(RedisProcess redis, String... settings) {
        redis.cli("FLUSHALL");
        return new RedisWebhooks(redis, "gw-a", settings);
    }

    @Override
    public JobStore jobs() {
        return side.store();
    }

    @Override
    public WebhookStore webhooks() {
        return side.backend().webhooks();
    }

    @Override
    public long nowMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public void pass(Duration time) {
        if (time.compareTo(WAITED_FOR) > 0) {
            redis.cli("EVAL", SHORTEN_LEASES, "1", "{ringback:webhooks}:ready", Long.toString(time.toMillis()));
            return;
        }
        long end = System.nanoTime() + time.toNanos();
        await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() - end > 0);
    }

    @Override
    public RedisWebhooks another() {
        RedisWebhooks other = new RedisWebhooks(redis, "gw-b", settings);
        others.add(other);
        return other;
    }

    @Override
    public void close() {
        others.forEach(RedisWebhooks::close);
        side.close();
    }
}
