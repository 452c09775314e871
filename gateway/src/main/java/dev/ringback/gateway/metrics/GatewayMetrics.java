package dev.ringback.gateway.metrics;

import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.hub.HubCounters;
import dev.ringback.gateway.hub.Shard;
import dev.ringback.gateway.listen.ListenCounters;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.overload.Shortage;
import dev.ringback.gateway.queue.QueueFigures;
import dev.ringback.gateway.queue.Queues;
import dev.ringback.gateway.results.ResultCounters;
import dev.ringback.gateway.results.Results;
import dev.ringback.gateway.stream.StreamCounters;
import dev.ringback.gateway.webhook.WebhookCounters;
import dev.ringback.gateway.webhook.Webhooks;
import dev.ringback.gateway.webhook.client.WebhookClient;
import io.netty.util.internal.PlatformDependent;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/** What the gateway counts, as Prometheus reads it. Never a job id in a label. */
public final class GatewayMetrics {
    /** What is counted where. */
    public record Sources(
            ListenCounters listen, HubCounters hub, StreamCounters streams, Overload overload, Hub shards) {}

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Hub hub;
    private volatile long topics;
    private volatile long cachedBytes;
    private volatile long readsWaiting;

    public GatewayMetrics(Sources sources) {
        hub = sources.shards();
        connections(sources.listen());
        waits(sources.streams());
        hub(sources.hub());
        overload(sources.overload());
        process();
    }

    /** How the queues fare: the whole fleet's, as each gateway tells of them. */
    public void queues(Queues queues) {
        gauge("ringback_queue_requests_waiting", "Requests for work that wait here.", queues::waiting);
        gauge("ringback_jobs_blocked", "Jobs that wait for others.", queues::blocked);
        queueGauge(queues, "waiting", "Jobs that workers could have now.", QueueFigures::waiting);
        queueGauge(queues, "delayed", "Jobs that are not due yet.", QueueFigures::delayed);
        queueGauge(queues, "leased", "Jobs that workers have.", QueueFigures::leased);
        queueGauge(queues, "dead_letters", "Dead letters that are listed.", QueueFigures::dead);
        queueGauge(queues, "workers", "Workers heard of within the last minute.", QueueFigures::workers);
        queueGauge(
                queues,
                "oldest_age_seconds",
                "How long the job has waited that waits the longest.",
                of -> of.oldestAgeMillis(queues.nowMillis()) / 1_000.0);
        queueGauge(
                queues,
                "jobs_per_worker",
                "Jobs that could be worked on now, for each worker.",
                QueueFigures::jobsPerWorker);
        CounterWithCallback.builder()
                .name("ringback_queue_events")
                .help("What has happened to the jobs of a queue.")
                .labelNames("type", "event")
                .callback(callback -> queues.figures().forEach((type, of) -> {
                    QueueFigures.Counts counts = of.counts();
                    callback.call((double) counts.added(), type, "added");
                    callback.call((double) counts.completed(), type, "completed");
                    callback.call((double) counts.failed(), type, "failed");
                    callback.call((double) counts.cancelled(), type, "cancelled");
                    callback.call((double) counts.dead(), type, "dead");
                    callback.call((double) counts.retried(), type, "retried");
                    callback.call((double) counts.released(), type, "released");
                    callback.call((double) counts.lost(), type, "lost");
                }))
                .register(registry);
    }

    private void queueGauge(Queues queues, String name, String help, ToDoubleFunction<QueueFigures> figure) {
        GaugeWithCallback.builder()
                .name("ringback_queue_" + name)
                .help(help)
                .labelNames("type")
                .callback(callback ->
                        queues.figures().forEach((type, of) -> callback.call(figure.applyAsDouble(of), type)))
                .register(registry);
    }

    private void connections(ListenCounters c) {
        gauge("ringback_connections", "Open connections.", c.open::sum);
        counter("ringback_connections_accepted", "Connections accepted.", c.accepted);
        counter("ringback_connections_refused", "Connections refused at a limit.", c.refused);
        counter("ringback_accept_pauses", "How often nobody was accepted for a moment.", c.acceptPauses);
        counter("ringback_connection_timeouts", "Connections closed because something took too long.", c.timeouts);
        counter("ringback_connection_floods", "Connections closed for bytes behind a parked request.", c.floods);
        counter("ringback_requests", "Whole HTTP requests.", c.requests);
        counter("ringback_requests_malformed", "Requests that could not be read.", c.malformed);
        CounterWithCallback.builder()
                .name("ringback_replies")
                .help("HTTP answers by class of status.")
                .labelNames("class")
                .callback(callback -> {
                    for (int hundreds = 1; hundreds <= 5; hundreds++) {
                        callback.call((double) c.replies(hundreds).sum(), hundreds + "xx");
                    }
                })
                .register(registry);
    }

    private void waits(StreamCounters c) {
        GaugeWithCallback.builder()
                .name("ringback_waiting")
                .help("Clients that wait, by transport.")
                .labelNames("transport")
                .callback(callback -> {
                    callback.call((double) c.longPolls.sum(), "long_poll");
                    callback.call((double) c.sseStreams.sum(), "sse");
                    callback.call((double) c.webSockets.sum(), "websocket");
                })
                .register(registry);
        counter(
                "ringback_events_coalesced",
                "Events replaced by newer ones for clients that did not read.",
                c.coalesced);
        CounterWithCallback.builder()
                .name("ringback_slow_consumers")
                .help("Streams closed because the client did not read.")
                .labelNames("reason")
                .callback(callback -> {
                    callback.call((double) c.slowConsumersByTime.sum(), "stalled");
                    callback.call((double) c.slowConsumersByBytes.sum(), "queued_bytes");
                })
                .register(registry);
        counter("ringback_sse_discarded_bytes", "Bytes that clients sent on SSE streams.", c.discardedBytes);
        counter("ringback_stream_floods", "Streams closed because the client sent too much.", c.floods);
    }

    private void overload(Overload overload) {
        CounterWithCallback.builder()
                .name("ringback_turned_away")
                .help("Connections and requests sent away because there was too little of something.")
                .labelNames("shortage")
                .callback(callback -> {
                    for (Shortage shortage : Shortage.values()) {
                        String label = shortage.name().toLowerCase(Locale.ROOT);
                        callback.call((double) overload.turnedAway(shortage).sum(), label);
                    }
                })
                .register(registry);
        gauge(
                "ringback_memory_pressure",
                "0: there is room; 1: nobody new may wait; 2: only workers' events are taken.",
                () -> overload.pressure().ordinal());
    }

    private void hub(HubCounters c) {
        gauge("ringback_topics", "Jobs that someone waits for, or just did.", () -> topics);
        gauge("ringback_topic_reads_waiting", "Reads of the store that wait their turn.", () -> readsWaiting);
        gauge("ringback_cached_bytes", "Job documents kept for newcomers.", () -> cachedBytes);
        gauge(
                "ringback_relay_connected_shards",
                "Shards whose relay is connected.",
                () -> hub.shards().stream().filter(Shard::isConnected).count());
        gauge("ringback_shards", "Shards.", () -> hub.shards().size());
        counter("ringback_subscriptions", "Subscriptions made.", c.subscribed);
        counter("ringback_events", "Events that told a topic something new.", c.events);
        counter("ringback_deliveries", "Events handed to subscribers.", c.deliveries);
        counter("ringback_events_stale", "Events that a topic knew already.", c.stale);
        counter("ringback_events_unwanted", "Events for jobs that nobody waits for.", c.unwanted);
        counter("ringback_topic_reads", "Reads of the store for topics.", c.reads);
        counter("ringback_topic_read_failures", "Reads that failed and were tried again.", c.readFailures);
        counter("ringback_topic_recovered", "Reads that found what no event had told.", c.recovered);
        counter("ringback_topic_resets", "Topics that went back or began again.", c.resets);
        counter("ringback_subscriptions_refused", "Subscriptions refused because a shard was full.", c.refused);
        counter("ringback_documents_uncached", "Documents not kept because the cache was full.", c.uncached);
    }

    private void process() {
        Runtime runtime = Runtime.getRuntime();
        gauge("ringback_heap_used_bytes", "Heap in use.", () -> runtime.totalMemory() - runtime.freeMemory());
        gauge("ringback_direct_used_bytes", "Direct memory in Netty's buffers.", PlatformDependent::usedDirectMemory);
        CounterWithCallback.builder()
                .name("ringback_gc_seconds")
                .help("Time spent in garbage collections.")
                .callback(callback -> callback.call(gcMillis() / 1000.0))
                .register(registry);
        gauge(
                "ringback_uptime_seconds",
                "Seconds since the start.",
                () -> ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
    }

    private static long gcMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(collector -> Math.max(0, collector.getCollectionTime()))
                .sum();
    }

    /** Registers what is counted about results of any media type. */
    public void results(Results results) {
        ResultCounters c = results.counters();
        gauge("ringback_result_uploads_under_way", "Results that are being uploaded.", results::uploads);
        counter("ringback_result_uploads", "Uploads that became a job's result.", c.uploads);
        counter("ringback_result_uploads_failed", "Uploads refused, broken off, or lost to another.", c.uploadsFailed);
        counter("ringback_result_uploaded_bytes", "Bytes of results that workers sent.", c.uploadedBytes);
        counter("ringback_result_downloads", "Answers with uploaded bytes.", c.downloads);
        counter("ringback_result_downloads_failed", "Downloads that were cut off.", c.downloadsFailed);
        counter("ringback_result_downloaded_bytes", "Bytes of results sent to clients.", c.downloadedBytes);
    }

    /** Registers what is counted about webhooks. */
    public void webhooks(Webhooks webhooks) {
        WebhookCounters c = webhooks.counters();
        CounterWithCallback.builder()
                .name("ringback_webhook_attempts")
                .help("Requests to receivers, by the class of the answer's status or why none came.")
                .labelNames("result")
                .callback(callback -> {
                    for (int hundreds = 1; hundreds <= 5; hundreds++) {
                        callback.call((double) c.answers(hundreds).sum(), hundreds + "xx");
                    }
                    for (WebhookClient.Failure failure : WebhookClient.Failure.values()) {
                        callback.call((double) c.failures(failure).sum(), failure.wireName());
                    }
                })
                .register(registry);
        Histogram latency = Histogram.builder()
                .name("ringback_webhook_attempt_seconds")
                .help("How long requests to receivers took.")
                .classicOnly()
                .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
                .register(registry);
        c.onLatency(latency::observe);
        counter("ringback_webhook_delivered", "Deliveries that a receiver took.", c.delivered);
        counter("ringback_webhook_dead", "Deliveries that were given up.", c.dead);
        counter("ringback_webhook_retried", "Attempts after which a delivery is tried again.", c.retried);
        counter("ringback_webhook_superseded", "Progress that a later state replaced.", c.superseded);
        counter("ringback_webhook_circuits_opened", "How often a circuit opened.", c.circuitsOpened);
        counter("ringback_webhook_endpoints_disabled", "Endpoints switched off by a 410.", c.disabled);
        counter("ringback_webhook_store_failures", "Calls of the store that are tried again.", c.storeFailures);
        gauge("ringback_webhook_circuits_open", "Destinations that are left alone.", webhooks::openCircuits);
        gauge("ringback_webhook_destinations", "Destinations that this gateway works for.", webhooks::destinations);
        gauge("ringback_webhook_in_flight", "Requests to receivers under way.", webhooks::inFlight);
        gauge("ringback_webhook_connections", "Connections to receivers.", webhooks::connections);
        gauge("ringback_webhook_pending", "Deliveries that are to be tried.", webhooks.store()::pending);
        gauge("ringback_webhook_outbox", "Events that wait to become deliveries.", webhooks.store()::waiting);
        CounterWithCallback.builder()
                .name("ringback_webhook_overflowed")
                .help("Deliveries that were dead at once because their destination had too many.")
                .callback(callback -> callback.call((double) webhooks.store().overflowed()))
                .register(registry);
        CounterWithCallback.builder()
                .name("ringback_webhook_events_dropped")
                .help("Events that found the outbox full.")
                .callback(callback -> callback.call((double) webhooks.store().dropped()))
                .register(registry);
    }

    /** Registers a counter that something else counts. */
    public void counter(String name, String help, LongAdder value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.sum()))
                .register(registry);
    }

    /**
     * Registers how long ago each shard heard its canary.
     *
     * @param agesMillis one per shard, in order
     */
    public void canaryAges(List<LongSupplier> agesMillis) {
        GaugeWithCallback.builder()
                .name("ringback_canary_age_seconds")
                .help("Seconds since the shard's last canary came back through Redis.")
                .labelNames("shard")
                .callback(callback -> {
                    for (int shard = 0; shard < agesMillis.size(); shard++) {
                        callback.call(agesMillis.get(shard).getAsLong() / 1000.0, Integer.toString(shard));
                    }
                })
                .register(registry);
    }

    /** Registers a figure that something else knows. */
    public void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    /** All figures in the Prometheus text format; completes on a shard's loop. */
    public CompletableFuture<byte[]> text() {
        return hub.sum(Shard::topics)
                .thenAccept(sum -> topics = sum)
                .thenCompose(done -> hub.sum(Shard::cachedBytes))
                .thenAccept(sum -> cachedBytes = sum)
                .thenCompose(done -> hub.sum(Shard::readsWaiting))
                .thenApply(sum -> {
                    readsWaiting = sum;
                    return write();
                });
    }

    private byte[] write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(8192);
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
