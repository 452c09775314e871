package dev.ringback.bench;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.hub.Hints;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.hub.HubCounters;
import dev.ringback.gateway.hub.Shard;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.relay.MemoryRelay;
import dev.ringback.gateway.results.MemoryResultStore;
import dev.ringback.gateway.results.Results;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.MemoryJobStore;
import dev.ringback.gateway.stream.StreamContext;
import dev.ringback.gateway.stream.StreamCounters;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/** A hub of one shard over the memory store, all on one loop that is driven by hand. */
public final class HandHub {
    /** Of every job here. */
    public static final String INCARNATION = "bench123";

    public final GatewayConfig config;
    public final HandLoop loop = new HandLoop();
    public final MemoryJobStore store;
    public final Hub hub;
    public final StreamContext streams;
    public final Results results;
    private final MemoryRelay relay = new MemoryRelay(loop);

    /** With some keys of the configuration set, as {@code key=value}. */
    public HandHub(String... settings) {
        config = GatewayConfig.of(settings);
        Random random = new Random(1);
        store = new MemoryJobStore(
                List.of(loop),
                id -> 0,
                new MemoryJobStore.Parts(
                        config, InstantSource.system(), () -> INCARNATION, (shard, event) -> relay.publish(event)));
        Shard.Parts parts = new Shard.Parts(
                store,
                config.hub(),
                new HubCounters(),
                ByteBufAllocator.DEFAULT,
                new Hints(InstantSource.system()),
                random);
        hub = new Hub(List.of(new Shard(loop, relay, parts)));
        streams = new StreamContext(hub, config, new StreamCounters(), Overload.none(), random);
        MemoryResultStore.Bounds bounds =
                new MemoryResultStore.Bounds(config.results().memoryBytes(), Duration.ofMinutes(1));
        results = new Results(
                new MemoryResultStore(List.of(loop), id -> 0, bounds, InstantSource.system()), config.results());
        hub.start();
        loop.drain();
    }

    /** Makes a job at version 1, which further events continue. */
    public void makeJob(JobId id) {
        store.apply(id, JobChange.to(JobState.PROCESSING), new JobStore.Origin(null, true, null))
                .toCompletableFuture()
                .join();
        loop.drain();
    }

    /** Publishes an event past the store, as the relay hears it. */
    public void publish(JobEvent event) {
        relay.publish(event);
    }

    /** A job's progress with a document of about so many bytes. */
    public static JobEvent progress(JobId id, long version, int bytes) {
        return new JobEvent(id, INCARNATION, version, JobState.PROCESSING, true, document(id, version, bytes));
    }

    /** A job's document as the store keeps it, with a progress message that fills it up. */
    public static byte[] document(JobId id, long version, int bytes) {
        String start = "{\"jobId\":\"" + id + "\",\"status\":\"processing\",\"version\":" + version
                + ",\"incarnation\":\"" + INCARNATION + "\",\"progress\":{\"current\":45,\"total\":100,\"message\":\"";
        String end = "\"},\"createdAt\":\"2026-01-01T00:00:00.000Z\",\"attempt\":1}";
        String filling = "x".repeat(Math.max(0, bytes - start.length() - end.length()));
        return (start + filling + end).getBytes(StandardCharsets.ISO_8859_1);
    }
}
