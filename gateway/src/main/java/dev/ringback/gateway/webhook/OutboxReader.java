package dev.ringback.gateway.webhook;

import dev.ringback.gateway.webhook.WebhookStore.Waiting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns events of the outbox into deliveries, the oldest first. Confined to the loop. */
final class OutboxReader {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxReader.class);
    private static final int BATCH = 128;

    private final Dispatcher dispatcher;
    private boolean busy;
    /** Whether something may have come since the present look began. */
    private boolean again;

    OutboxReader(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    void read() {
        if (busy) {
            again = true;
            return;
        }
        busy = true;
        again = false;
        var unused = dispatcher
                .store()
                .outbox(BATCH)
                .whenComplete((waiting, failure) -> dispatcher.loop().run(() -> {
                    if (failure != null) {
                        ended("reading the outbox", failure);
                    } else if (waiting.isEmpty()) {
                        next(false);
                    } else {
                        add(waiting);
                    }
                }));
    }

    /** The endpoints are read after the events: whoever had an endpoint when a job ended is told. */
    private void add(List<Waiting> waiting) {
        var unused = dispatcher.endpoints().refresh().whenComplete((endpoints, failure) -> {
            if (failure != null) {
                busy = false;
                return;
            }
            long now = dispatcher.nowMillis();
            Set<String> destinations = new HashSet<>();
            List<CompletableFuture<Void>> adding = new ArrayList<>();
            for (Waiting one : waiting) {
                List<Delivery> deliveries = deliveries(one, endpoints, now);
                deliveries.forEach(delivery -> destinations.add(delivery.sent().destination()));
                adding.add(dispatcher.store().add(one.name(), deliveries).toCompletableFuture());
            }
            CompletableFuture<?>[] added = adding.toArray(CompletableFuture[]::new);
            var unusedToo = CompletableFuture.allOf(added)
                    .whenComplete((done, refusal) -> dispatcher.loop().run(() -> {
                        dispatcher.onAdded(destinations);
                        if (refusal != null) {
                            ended("making deliveries", refusal);
                        } else {
                            next(waiting.size() == BATCH);
                        }
                    }));
        });
    }

    /** What can't be delivered whatever is done must not hold up what comes after it. */
    private static List<Delivery> deliveries(Waiting one, List<WebhookEndpoint> endpoints, long now) {
        try {
            return DeliveryMaker.of(one.event(), endpoints, now);
        } catch (RuntimeException bug) {
            LOG.error("webhooks are not told of {}", one.event().job().present(), bug);
            return List.of();
        }
    }

    private void ended(String what, Throwable failure) {
        busy = false;
        dispatcher.onStoreFailure(what, failure);
    }

    private void next(boolean more) {
        busy = false;
        if (more || again) {
            read();
        }
    }
}
