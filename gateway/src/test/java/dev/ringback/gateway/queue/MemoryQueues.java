package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.testkit.ShardLoops;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Queues in this process on a real loop, with a clock that only the test moves. */
final class MemoryQueues implements QueuesUnderTest {
    private final ShardLoops loops = new ShardLoops(1);
    private final AtomicLong now = new AtomicLong(1_800_000_000_000L);
    private final AtomicInteger leases = new AtomicInteger();
    private final MemoryQueueStore store;
    private final MemoryDependencyStore dependencies;

    MemoryQueues(String... settings) {
        GatewayConfig config = GatewayConfig.of(settings);
        store = new MemoryQueueStore(new MemoryQueueStore.Parts(
                config,
                loops.loop(0),
                this::now,
                QueuesFixture::limits,
                () -> "lease-%012d".formatted(leases.incrementAndGet())));
        dependencies = new MemoryDependencyStore(config, loops.loop(0), this::now);
    }

    private Instant now() {
        return Instant.ofEpochMilli(now.get());
    }

    @Override
    public MemoryQueueStore store() {
        return store;
    }

    @Override
    public MemoryDependencyStore dependencies() {
        return dependencies;
    }

    @Override
    public long nowMillis() {
        return now.get();
    }

    @Override
    public void pass(Duration time) {
        now.addAndGet(time.toMillis());
    }

    @Override
    public Duration longestPass() {
        return Duration.ofDays(365);
    }

    @Override
    public void close() {
        store.close();
        dependencies.close();
        loops.close();
    }
}
