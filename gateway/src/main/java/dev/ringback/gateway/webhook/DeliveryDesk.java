package dev.ringback.gateway.webhook;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What owners and operators do with deliveries. Stages complete on any loop, and fail as the store's do. Any thread. */
public final class DeliveryDesk {
    /** One question deals with so many; the answer says whether there are more. */
    private static final int MOST = 1_000;

    private static final int PAGE = 100;
    /** One question looks at so many pages, be they empty. */
    private static final int MOST_PAGES = 20;

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
            return redeliver(List.of(id)).thenApply(count -> count == 0 ? null : found.again(webhooks.nowMillis()));
        });
    }

    private CompletionStage<Long> redeliver(List<String> ids) {
        return webhooks.store().redeliver(ids, webhooks.nowMillis()).thenApply(count -> {
            webhooks.nudge();
            return count;
        });
    }

    /** Sends again what the query finds, page by page, {@value #MOST} at most. */
    public CompletionStage<Dealt> redeliverAll(DeliveryQuery query) {
        return pages(query, this::redeliver, new Dealt(0, true), 0);
    }

    /** Forgets what the query finds, page by page, {@value #MOST} at most. */
    public CompletionStage<Dealt> purge(DeliveryQuery query) {
        return pages(query, webhooks.store()::purge, new Dealt(0, true), 0);
    }

    /** Deals with a page before the next is read, and hops between them: one question takes no loop for itself. */
    private CompletionStage<Dealt> pages(
            DeliveryQuery query, Function<List<String>, CompletionStage<Long>> deal, Dealt before, int pages) {
        if (!before.more() || before.count() >= MOST || pages >= MOST_PAGES) {
            return CompletableFuture.completedFuture(before);
        }
        return webhooks.store()
                .list(query.page(PAGE, query.after()))
                .thenComposeAsync(found -> deal(found, deal, before), webhooks.loop())
                .thenCompose(dealt -> pages(query.page(PAGE, dealt.next()), deal, dealt.all(), pages + 1));
    }

    /** What a page came to, and where the next begins. */
    private record PageDealt(Dealt all, DeliveryQuery.@Nullable Place next) {}

    private static CompletionStage<PageDealt> deal(
            DeliveryPage page, Function<List<String>, CompletionStage<Long>> deal, Dealt before) {
        List<String> ids = page.deliveries().stream().map(Delivery::id).toList();
        CompletionStage<Long> dealt = ids.isEmpty() ? CompletableFuture.completedFuture(0L) : deal.apply(ids);
        return dealt.thenApply(
                count -> new PageDealt(new Dealt(before.count() + count, page.next() != null), page.next()));
    }
}
