package dev.ringback.gateway.store;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.testkit.ShardLoops;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The memory store on real loops; it publishes into a list. */
final class MemoryStoreUnderTest implements StoreUnderTest {
    private final ShardLoops loops = new ShardLoops(2);
    private final List<JobEvent> published = new CopyOnWriteArrayList<>();
    private final AtomicInteger incarnations = new AtomicInteger();
    private final MemoryJobStore store;

    MemoryStoreUnderTest(String... settings) {
        store = new MemoryJobStore(
                loops.loops(),
                loops::shardOf,
                new MemoryJobStore.Parts(
                        GatewayConfig.of(settings),
                        Clock.systemUTC(),
                        () -> "life" + incarnations.incrementAndGet(),
                        (shard, event) -> published.add(event)));
    }

    @Override
    public JobStore store() {
        return store;
    }

    @Override
    public Loop loopOf(JobId id) {
        return loops.loop(loops.shardOf(id));
    }

    @Override
    public void follow(JobId id) {
        // Everything is published here from the start.
    }

    @Override
    public List<JobEvent> relayed(JobId id) {
        return published.stream().filter(event -> event.jobId().equals(id)).toList();
    }

    @Override
    public void close() {
        store.close();
        loops.close();
    }
}
