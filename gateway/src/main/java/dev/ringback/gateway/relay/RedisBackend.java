package dev.ringback.gateway.relay;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.queue.DependencyStore;
import dev.ringback.gateway.queue.QueueLimits;
import dev.ringback.gateway.queue.QueueStore;
import dev.ringback.gateway.queue.RedisDependencyStore;
import dev.ringback.gateway.queue.RedisQueueStore;
import dev.ringback.gateway.redis.LettuceResources;
import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.RedisJobStore;
import dev.ringback.gateway.webhook.RedisWebhookStore;
import dev.ringback.gateway.webhook.WebhookStore;
import dev.ringback.protocol.JobId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;

/** Everything that a gateway has of Redis: a client per shard, the store on top of them, and each shard's relay. */
public final class RedisBackend implements AutoCloseable {
    private final LettuceResources resources;
    private final List<RedisShardClient> clients;
    private final List<RedisRelay> relays = new ArrayList<>();
    private final RedisJobStore store;
    private final RedisWebhookStore webhooks;
    private final RedisQueueStore queue;
    private final RedisDependencyStore dependencies;
    private final AtomicReference<JobStore> plainStore;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private volatile boolean closed;

    private record Stores(
            RedisJobStore jobs,
            AtomicReference<JobStore> plain,
            RedisWebhookStore webhooks,
            RedisQueueStore queue,
            RedisDependencyStore dependencies) {}

    private RedisBackend(
            LettuceResources resources,
            List<RedisShardClient> clients,
            Stores stores,
            List<PlainEvents> plain,
            RedisCounters counters) {
        this.resources = resources;
        this.clients = clients;
        this.store = stores.jobs();
        this.webhooks = stores.webhooks();
        this.queue = stores.queue();
        this.dependencies = stores.dependencies();
        this.plainStore = stores.plain();
        for (int shard = 0; shard < clients.size(); shard++) {
            relays.add(new RedisRelay(clients.get(shard), plain.get(shard), counters));
        }
        connect();
    }

    private void connect() {
        AtomicInteger missing = new AtomicInteger(clients.size());
        for (RedisShardClient client : clients) {
            client.start().whenComplete((done, failure) -> {
                if (failure != null) {
                    connected.completeExceptionally(failure);
                } else if (missing.decrementAndGet() == 0) {
                    connected.complete(null);
                }
            });
        }
    }

    /**
     * Begins to connect. {@link dev.ringback.gateway.redis.LettuceTransport#select} comes first.
     *
     * @param shardLoops each shard's loop, in the order of the shards' numbers
     * @param gatewayId tells the gateways of a fleet apart
     * @throws IllegalArgumentException where {@code redis.uri} is not understood
     */
    public static RedisBackend start(
            GatewayConfig config,
            List<NettyLoop> shardLoops,
            ToIntFunction<JobId> shardOf,
            String gatewayId,
            RedisCounters counters) {
        LettuceResources resources = new LettuceResources();
        SplittableRandom random = new SplittableRandom();
        try {
            List<RedisShardClient> clients = new ArrayList<>();
            for (int shard = 0; shard < shardLoops.size(); shard++) {
                var parts = new RedisShardClient.Parts(
                        resources, config.redis(), config.store(), gatewayId, random.split(), counters);
                clients.add(new RedisShardClient(shardLoops.get(shard), shard, parts));
            }
            RedisWebhookStore webhooks = new RedisWebhookStore(clients.get(0), config, gatewayId, Clock.systemUTC());
            RedisJobStore store = new RedisJobStore(clients, shardOf, config, counters, webhooks::changed);
            var origin = new JobStore.Origin(null, config.jobs().autoCreate(), gatewayId);
            AtomicReference<JobStore> plainStore = new AtomicReference<>(store);
            List<PlainEvents> plain = new ArrayList<>();
            for (NettyLoop loop : shardLoops) {
                var parts = new PlainEvents.Parts(
                        plainStore::get, config.limits().bodyBytes(), origin, random.split(), counters);
                plain.add(new PlainEvents(loop, parts));
            }
            store.keep(gatewayId);
            if (config.webhook().enabled()) {
                webhooks.start();
            }
            RedisQueueStore queue =
                    new RedisQueueStore(clients, config.queues(), QueueLimits.of(config.queues()), gatewayId);
            if (config.queues().enabled()) {
                queue.start();
            }
            Stores stores =
                    new Stores(store, plainStore, webhooks, queue, new RedisDependencyStore(clients.get(0), config));
            return new RedisBackend(resources, clients, stores, plain, counters);
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    public JobStore store() {
        return store;
    }

    /** Closed with this. */
    public WebhookStore webhooks() {
        return webhooks;
    }

    /** Closed with this. */
    public QueueStore queue() {
        return queue;
    }

    public DependencyStore dependencies() {
        return dependencies;
    }

    /** What workers publish by hand moves jobs by this store, where it is not the one of {@link #store}. */
    public void applyBy(JobStore jobs) {
        plainStore.set(jobs);
    }

    /** The clients in the order of the shards; closed with this. */
    public List<RedisShardClient> clients() {
        return List.copyOf(clients);
    }

    /** The relay of one shard; to be started, as every relay, on its loop. */
    public JobRelay relay(int shard) {
        return relays.get(shard);
    }

    /** What is at risk by the way Redis is set up, a line each. */
    public List<String> risks() {
        return clients.get(0).risks();
    }

    /**
     * Completes when every shard can send commands, or fails when a shard's first attempt has failed: the exception's message is
     * one line that says why. The attempts go on either way, until {@link #close}; {@link JobStore#outage} tells how they fare.
     */
    public CompletionStage<Void> connected() {
        return connected;
    }

    /** Ends all connections, in the background; calls that are under way fail. */
    @Override
    public void close() {
        queue.close();
        webhooks.close();
        CompletableFuture<?>[] closing = clients.stream()
                .map(client -> client.close().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        var unused = CompletableFuture.allOf(closing).whenComplete((done, failure) -> {
            resources.close();
            closed = true;
        });
    }

    /** Whether {@link #close} has done its work. */
    public boolean isClosed() {
        return closed;
    }
}
