package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.FileJobStore;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.MemoryJobStore;
import dev.ringback.gateway.store.UnusableFileException;
import dev.ringback.gateway.store.WebhookJournal;
import dev.ringback.gateway.testkit.ShardLoops;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The stores in this process on real loops, in memory or in a file, with a clock that the test moves. */
final class MemoryWebhooks implements WebhooksUnderTest {
    private static final AtomicInteger LIVES = new AtomicInteger();

    private final ShardLoops loops = new ShardLoops(2);
    private final AtomicLong ahead = new AtomicLong();
    private final JobStore jobs;
    private final MemoryWebhookStore webhooks;

    private MemoryWebhooks(@Nullable Path file, long aheadMillis, String... settings) {
        ahead.set(aheadMillis);
        List<String> all = new ArrayList<>(List.of(settings));
        if (file != null) {
            all.addAll(List.of("store.kind=file", "store.path=" + file));
        }
        GatewayConfig config = GatewayConfig.of(all.toArray(String[]::new));
        MemoryOutbox outbox = new MemoryOutbox(config);
        MemoryJobStore.Parts parts = new MemoryJobStore.Parts(
                config, this::now, () -> "life" + LIVES.incrementAndGet(), (shard, event) -> {}, outbox);
        try {
            if (file == null) {
                jobs = new MemoryJobStore(loops.loops(), loops::shardOf, parts);
                webhooks = webhooks(config, outbox, null);
            } else {
                FileJobStore store = FileJobStore.open(loops.loops(), loops::shardOf, parts);
                jobs = store;
                webhooks = webhooks(config, outbox, store.journal());
                store.start();
            }
        } catch (UnusableFileException e) {
            loops.close();
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** In memory. */
    static MemoryWebhooks inMemory(String... settings) {
        return new MemoryWebhooks(null, 0, settings);
    }

    /** In this file, which stays. */
    static MemoryWebhooks inFile(Path file, String... settings) {
        return new MemoryWebhooks(file, 0, settings);
    }

    /** In this file, which stays, at this time. */
    static MemoryWebhooks inFileAt(long nowMillis, Path file, String... settings) {
        return new MemoryWebhooks(file, nowMillis - System.currentTimeMillis(), settings);
    }

    private MemoryWebhookStore webhooks(GatewayConfig config, MemoryOutbox outbox, @Nullable WebhookJournal journal)
            throws UnusableFileException {
        Loop loop = loops.loop(0);
        return MemoryWebhookStore.open(new MemoryWebhookStore.Parts(config, loop, this::now, outbox, journal));
    }

    private Instant now() {
        return Instant.ofEpochMilli(nowMillis());
    }

    @Override
    public JobStore jobs() {
        return jobs;
    }

    @Override
    public WebhookStore webhooks() {
        return webhooks;
    }

    @Override
    public long nowMillis() {
        return System.currentTimeMillis() + ahead.get();
    }

    @Override
    public void pass(Duration time) {
        ahead.addAndGet(time.toMillis());
    }

    @Override
    public void close() {
        webhooks.close();
        jobs.close();
        loops.close();
    }
}
