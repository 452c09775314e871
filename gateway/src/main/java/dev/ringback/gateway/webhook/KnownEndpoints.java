package dev.ringback.gateway.webhook;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The endpoints as they were read last, for another gateway may change them. Confined to the loop. */
final class KnownEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(KnownEndpoints.class);
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Dispatcher dispatcher;
    private Map<String, WebhookEndpoint> byId = Map.of();
    private long readNanos;

    KnownEndpoints(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        this.readNanos = dispatcher.loop().nanoTime();
    }

    @Nullable WebhookEndpoint get(String id) {
        return byId.get(id);
    }

    void refreshIfOld() {
        if (dispatcher.loop().nanoTime() - readNanos >= FRESH_NANOS) {
            var unused = refresh();
        }
    }

    /** Reads them anew; completes on the loop. */
    CompletionStage<List<WebhookEndpoint>> refresh() {
        CompletableFuture<List<WebhookEndpoint>> refreshed = new CompletableFuture<>();
        var unused = dispatcher
                .store()
                .endpoints()
                .whenComplete((found, failure) -> dispatcher.loop().run(() -> {
                    if (failure != null) {
                        dispatcher.onStoreFailure("reading endpoints", failure);
                        refreshed.completeExceptionally(failure);
                        return;
                    }
                    Map<String, WebhookEndpoint> read = new HashMap<>();
                    found.forEach(endpoint -> read.put(endpoint.id(), endpoint));
                    byId = read;
                    readNanos = dispatcher.loop().nanoTime();
                    refreshed.complete(found);
                }));
        return refreshed;
    }

    /** Switches an endpoint off, until its owner switches it on. */
    void disable(String id, String why) {
        WebhookEndpoint endpoint = byId.get(id);
        if (endpoint == null || endpoint.disabled() != null) {
            return;
        }
        LOG.warn("endpoint {} is disabled: {}", id, why);
        dispatcher.counters().disabled.increment();
        WebhookEndpoint disabled = endpoint.disabled(why);
        byId.put(id, disabled);
        var unused = dispatcher.store().putEndpoint(disabled.revised()).whenComplete((done, failure) -> {
            if (failure != null) {
                dispatcher.loop().run(() -> dispatcher.onStoreFailure("disabling an endpoint", failure));
            }
        });
    }
}
