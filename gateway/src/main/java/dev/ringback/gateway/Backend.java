package dev.ringback.gateway;

import dev.ringback.gateway.listen.NativeTransport;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.queue.DependencyStore;
import dev.ringback.gateway.queue.QueueStore;
import dev.ringback.gateway.relay.JobRelay;
import dev.ringback.gateway.relay.RelayCanary;
import dev.ringback.gateway.results.ResultStore;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.webhook.WebhookStore;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The truth and its wake-up, which belong together.
 *
 * @param webhooks what is known of webhooks, beside the jobs
 * @param results where uploaded results lie
 * @param queue which jobs wait for workers
 * @param dependencies which jobs wait for others
 * @param plainBy takes the store by which jobs are moved of which workers publish by hand
 * @param relays one per shard
 * @param canaries those of the relays that have one, in the order of their shards
 * @param connected completes when jobs can be read and moved, or fails with one line for the operator
 * @param risks what is at risk by the way the store is set up, a line each
 * @param counters what it counts, for the metrics
 * @param gauges what it can be asked for, for the metrics
 * @param closer gives up its connections and its file; called on no loop
 */
record Backend(
        JobStore store,
        WebhookStore webhooks,
        QueueStore queue,
        DependencyStore dependencies,
        Consumer<JobStore> plainBy,
        ResultStore results,
        List<? extends JobRelay> relays,
        List<RelayCanary> canaries,
        CompletionStage<Void> connected,
        Supplier<List<String>> risks,
        List<Counter> counters,
        List<Gauge> gauges,
        Runnable closer) {

    /** A figure with its name in the metrics. */
    record Counter(String name, String help, LongAdder value) {}

    /** A figure that goes up and down, with its name in the metrics; any thread may ask. */
    record Gauge(String name, String help, LongSupplier value) {}

    /** What a backend is opened with; {@code shardLoops} has the loop of each shard in order. */
    record Site(NativeTransport transport, List<NettyLoop> shardLoops, String gatewayId) {}
}
