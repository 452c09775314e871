package dev.ringback.gateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.relay.JobRelay;
import dev.ringback.gateway.relay.RedisBackend;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A gateway's whole Redis side, on two shards of its own, with someone to listen in place of the hub. */
public class RedisSide implements AutoCloseable {
    private static final int SHARDS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ShardLoops loops = new ShardLoops(SHARDS);
    private final RedisCounters counters = new RedisCounters();
    private final List<RecordingListener> listeners = new ArrayList<>();
    private final RedisBackend backend;

    /**
     * @param settings as {@code GatewayConfig.of} takes them
     */
    public RedisSide(String uri, String gatewayId, String... settings) {
        String[] all = Stream.concat(Stream.of("redis.uri=" + uri), Stream.of(settings))
                .toArray(String[]::new);
        backend = RedisBackend.start(GatewayConfig.of(all), loops.loops(), loops::shardOf, gatewayId, counters);
        for (int shard = 0; shard < SHARDS; shard++) {
            RecordingListener listener = new RecordingListener();
            JobRelay relay = backend.relay(shard);
            listeners.add(listener);
            loops.run(shard, () -> relay.start(listener));
        }
    }

    /** Waits until commands and events can flow. */
    public final void awaitConnected() {
        backend.connected()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        awaitTrue(() -> listeners.stream().allMatch(listener -> listener.count("connected") > 0));
    }

    /** Returns when each shard's connection has done what was sent on it before: indexes are written behind the answers. */
    public final void settle() {
        for (int shard = 0; shard < SHARDS; shard++) {
            int wanted = shard;
            JobId probe = IntStream.iterate(0, i -> i + 1)
                    .mapToObj(i -> JobId.of("settled" + i))
                    .filter(id -> loops.shardOf(id) == wanted)
                    .findFirst()
                    .orElseThrow();
            store().read(probe)
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }
    }

    public JobStore store() {
        return backend.store();
    }

    public RedisBackend backend() {
        return backend;
    }

    public RedisCounters counters() {
        return counters;
    }

    public Loop loopOf(JobId id) {
        return loops.loop(loops.shardOf(id));
    }

    public RecordingListener listenerOf(JobId id) {
        return listeners.get(loops.shardOf(id));
    }

    /** Runs something with the job's relay, on its loop. */
    public void onRelayOf(JobId id, java.util.function.Consumer<JobRelay> task) {
        int shard = loops.shardOf(id);
        loops.run(shard, () -> task.accept(backend.relay(shard)));
    }

    /** Subscribes to a job, and returns when nothing can be missed any more. */
    public void follow(JobId id) {
        String acknowledgement = "subscribed " + id;
        long before = listenerOf(id).count(acknowledgement);
        onRelayOf(id, relay -> relay.subscribe(id));
        awaitTrue(() -> listenerOf(id).count(acknowledgement) > before);
    }

    public List<JobEvent> relayed(JobId id) {
        return listenerOf(id).events(id);
    }

    public static void awaitTrue(java.util.concurrent.Callable<Boolean> condition) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }

    @Override
    public void close() {
        for (int shard = 0; shard < SHARDS; shard++) {
            loops.run(shard, backend.relay(shard)::close);
        }
        backend.close();
        awaitTrue(backend::isClosed);
        loops.close();
        assertThat(backend.store().outage()).isNotNull();
    }
}
