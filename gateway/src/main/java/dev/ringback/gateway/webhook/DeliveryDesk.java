package dev.ringback.gateway.webhook;

import dev.ringback.gateway.webhook.Delivery.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What owners and operators do with deliveries. Stages complete on any loop, and fail as the store's do. Any thread. */
public final class DeliveryDesk {
    /** One question deals with so many; the answer says whether there are more. */
    private static final int MOST = 1_000;

    private static final int PAGE = 100;

    private final Webhooks webhooks;

    public DeliveryDesk(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    /** How many were dealt with, and whether there may be more. */
    public record Dealt(long count, boolean more) {}

    public CompletionStage<DeliveryPage> list(DeliveryQuery query) {
        return webhooks.store().list(query);
    }

    /** One delivery; null where there is none, or it is another's. */
    public CompletionStage<@Nullable Delivery> find(@Nullable String owner, String id) {
        return webhooks.store().delivery(id).thenApply(found -> isOf(found, owner) ? found : null);
    }

    private static boolean isOf(@Nullable Delivery delivery, @Nullable String owner) {
        return delivery != null
                && (owner == null || owner.equals(delivery.sent().owner()));
    }

    /** Sends one again, from the beginning of its schedule, with the id that it had: as it stands then; null as with find. */
    public CompletionStage<@Nullable Delivery> redeliver(@Nullable String owner, String id) {
        return find(owner, id).thenCompose(found -> {
            if (found == null) {
                return CompletableFuture.completedFuture(null);
            }
            Delivery again = found.again(webhooks.nowMillis());
            return redeliver(List.of(again)).thenApply(done -> again);
        });
    }

    private CompletionStage<Void> redeliver(List<Delivery> again) {
        return webhooks.store().settle(again).thenApply(done -> {
            webhooks.nudge();
            return done;
        });
    }

    /** Sends again what the query finds and is not pending, {@value #MOST} at most. */
    public CompletionStage<Dealt> redeliverAll(DeliveryQuery query) {
        return collect(query).thenCompose(found -> {
            long now = webhooks.nowMillis();
            List<Delivery> again = found.deliveries().stream()
                    .filter(delivery -> delivery.status() != Status.PENDING)
                    .map(delivery -> delivery.again(now))
                    .toList();
            Dealt dealt = new Dealt(again.size(), found.next() != null);
            return again.isEmpty()
                    ? CompletableFuture.completedFuture(dealt)
                    : redeliver(again).thenApply(done -> dealt);
        });
    }

    /** Forgets what the query finds, {@value #MOST} at most. */
    public CompletionStage<Dealt> purge(DeliveryQuery query) {
        return collect(query).thenCompose(found -> {
            List<String> ids = found.deliveries().stream().map(Delivery::id).toList();
            boolean more = found.next() != null;
            return ids.isEmpty()
                    ? CompletableFuture.completedFuture(new Dealt(0, more))
                    : webhooks.store().purge(ids).thenApply(count -> new Dealt(count, more));
        });
    }

    /** The first pages of what a query finds, as one. */
    private CompletionStage<DeliveryPage> collect(DeliveryQuery query) {
        DeliveryQuery page = new DeliveryQuery(query.owner(), query.endpoint(), query.status(), PAGE, query.after());
        return collect(page, new ArrayList<>());
    }

    private CompletionStage<DeliveryPage> collect(DeliveryQuery query, List<Delivery> found) {
        return webhooks.store().list(query).thenCompose(page -> {
            found.addAll(page.deliveries());
            DeliveryQuery.Place next = page.next();
            if (next == null || found.size() >= MOST) {
                return CompletableFuture.completedFuture(new DeliveryPage(found, next));
            }
            return collect(new DeliveryQuery(query.owner(), query.endpoint(), query.status(), PAGE, next), found);
        });
    }
}
