package dev.ringback.gateway.queue;

import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.redis.LettuceResources;
import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.redis.RedisSubscriptions;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.gateway.testkit.ShardLoops;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A gateway's queues in a real Redis, on two shards of its own. */
final class RedisQueues implements QueuesUnderTest {
    private static final int SHARDS = 2;
    /** What is longer would be waited for in vain: only leases, delays, workers, looks, rates and what ended lately are. */
    private static final Duration WAITED_FOR = Duration.ofSeconds(3);

    private static final String AGE = """
            for _, key in ipairs(redis.call('KEYS', '{ringback:*}:*')) do
              if key:find(':leased$') or key:find(':delayed$') or key:find(':workers$') or key:find(':checks$') then
                for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
                  redis.call('ZINCRBY', key, -ARGV[1], member)
                end
              elseif key:find(':counts$') then
                for _, at in ipairs({'ends-at', 'permits-at'}) do
                  if redis.call('HEXISTS', key, at) == 1 then
                    redis.call('HINCRBY', key, at, -ARGV[1])
                  end
                end
              end
            end""";

    private final RedisProcess redis;
    private final String[] settings;
    private final ShardLoops loops = new ShardLoops(SHARDS);
    private final LettuceResources resources = new LettuceResources();
    private final List<RedisShardClient> clients = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final RedisQueueStore store;
    private final RedisDependencyStore dependencies;
    private final RedisSubscriptions subscriptions;
    private final List<RedisQueues> others = new ArrayList<>();

    /**
     * @param settings as {@code GatewayConfig.of} takes them
     */
    RedisQueues(RedisProcess redis, String gatewayId, String... settings) {
        this.redis = redis;
        this.settings = settings;
        GatewayConfig config =
                GatewayConfig.of(Stream.concat(Stream.of("redis.uri=" + redis.uri()), Stream.of(settings))
                        .toArray(String[]::new));
        var parts = new RedisShardClient.Parts(
                resources, config.redis(), config.store(), gatewayId, new SplittableRandom(7), new RedisCounters());
        for (int shard = 0; shard < SHARDS; shard++) {
            clients.add(new RedisShardClient(loops.loop(shard), shard, parts));
        }
        store = new RedisQueueStore(clients, config.queues(), QueuesFixture::limits, gatewayId);
        dependencies = new RedisDependencyStore(clients.get(0), config);
        subscriptions = clients.get(0).subscriptions(new Nobody());
        clients.forEach(client -> client.start()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join());
        loops.run(0, subscriptions::start);
        RedisSide.awaitTrue(() -> connections.get() > 0);
        store.start();
    }

    /** On a Redis that has been emptied. */
    static RedisQueues onEmpty(RedisProcess redis, String... settings) {
        redis.cli("FLUSHALL");
        return new RedisQueues(redis, "gw-a", settings);
    }

    @Override
    public RedisQueueStore store() {
        return store;
    }

    @Override
    public DependencyStore dependencies() {
        return dependencies;
    }

    /** From now on it hears of what is published only. */
    void endReminders() {
        store.close();
    }

    /** Whether no connection is being made: a client that is closed in the middle of that leaves Lettuce's read buffer unreleased. */
    boolean isWhole() {
        return subscriptions.outage() == null && clients.stream().allMatch(client -> client.outage() == null);
    }

    /** Gives up the connection on which wakes are heard for a new one. */
    void reconnect() {
        int before = connections.get();
        loops.run(0, subscriptions::reconnect);
        RedisSide.awaitTrue(() -> connections.get() > before);
    }

    @Override
    public long nowMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public void pass(Duration time) {
        if (time.compareTo(WAITED_FOR) > 0) {
            redis.cli("EVAL", AGE, "0", Long.toString(time.toMillis()));
            return;
        }
        long end = System.nanoTime() + time.toNanos();
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() - end > 0);
    }

    @Override
    public Duration longestPass() {
        return Duration.ofDays(1);
    }

    @Override
    public RedisQueues another() {
        RedisQueues other = new RedisQueues(redis, "gw-b", settings);
        others.add(other);
        return other;
    }

    @Override
    public void close() {
        others.forEach(RedisQueues::close);
        store.close();
        clients.forEach(client -> client.close()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join());
        resources.close();
        loops.close();
    }

    /** Stands for the hub, which is not there. */
    private final class Nobody implements RedisSubscriptions.Listener {
        @Override
        public void onConnected() {
            connections.incrementAndGet();
        }

        @Override
        public void onDisconnected() {}

        @Override
        public void onSubscribed(JobId id) {}

        @Override
        public void onUnsubscribed(JobId id) {}

        @Override
        public void onPublished(JobId id, byte[] published) {}

        @Override
        public void onCanary(long number) {}
    }
}
