package dev.ringback.gateway.webhook;

import dev.ringback.gateway.store.StoreException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store that is away, silent or forgetful when the test says so, and else does what the one behind it does. */
final class UnreliableWebhookStore implements WebhookStore {
    /** What becomes of a call. */
    enum Mood {
        WELL,
        /** Each call fails at once. */
        AWAY,
        /** No call is ever answered. */
        SILENT
    }

    private final WebhookStore behind;
    private final List<String> released = new ArrayList<>();
    Mood mood = Mood.WELL;
    /** Of {@link #settle} alone. */
    Mood settling = Mood.WELL;
    /** Whether {@link #renew} says that all claims are lost. */
    boolean losesClaims;

    UnreliableWebhookStore(WebhookStore behind) {
        this.behind = behind;
    }

    /** Destinations in the order in which they were given back. */
    List<String> released() {
        return released;
    }

    private <T> CompletionStage<T> in(Mood present, Supplier<CompletionStage<T>> call) {
        return switch (present) {
            case WELL -> call.get();
            case AWAY -> CompletableFuture.failedFuture(new StoreException(StoreException.Kind.UNAVAILABLE, "away"));
            case SILENT -> new CompletableFuture<>();
        };
    }

    @Override
    public CompletionStage<List<WebhookEndpoint>> endpoints() {
        return in(mood, behind::endpoints);
    }

    @Override
    public CompletionStage<Boolean> putEndpoint(WebhookEndpoint endpoint) {
        return in(mood, () -> behind.putEndpoint(endpoint));
    }

    @Override
    public CompletionStage<Boolean> removeEndpoint(String id) {
        return in(mood, () -> behind.removeEndpoint(id));
    }

    @Override
    public CompletionStage<List<Waiting>> outbox(int most) {
        return in(mood, () -> behind.outbox(most));
    }

    @Override
    public CompletionStage<Void> add(@Nullable String name, List<Delivery> deliveries) {
        return in(mood, () -> behind.add(name, deliveries));
    }

    @Override
    public CompletionStage<List<String>> claim(int most) {
        return in(mood, () -> behind.claim(most));
    }

    @Override
    public CompletionStage<Set<String>> renew(Collection<String> destinations) {
        return in(mood, () -> losesClaims ? CompletableFuture.completedFuture(Set.of()) : behind.renew(destinations));
    }

    @Override
    public CompletionStage<Void> release(String destination) {
        released.add(destination);
        return in(mood, () -> behind.release(destination));
    }

    @Override
    public CompletionStage<Due> due(String destination, int most, Set<String> known) {
        return in(mood, () -> behind.due(destination, most, known));
    }

    @Override
    public CompletionStage<Void> settle(List<Delivery> deliveries) {
        return in(mood == Mood.WELL ? settling : mood, () -> behind.settle(deliveries));
    }

    @Override
    public CompletionStage<Long> redeliver(List<String> ids, long nowMillis) {
        return in(mood, () -> behind.redeliver(ids, nowMillis));
    }

    @Override
    public CompletionStage<Long> purge(List<String> ids) {
        return in(mood, () -> behind.purge(ids));
    }

    @Override
    public CompletionStage<@Nullable Delivery> delivery(String id) {
        return in(mood, () -> behind.delivery(id));
    }

    @Override
    public CompletionStage<DeliveryPage> list(DeliveryQuery query) {
        return in(mood, () -> behind.list(query));
    }

    @Override
    public void onWork(Runnable listener) {
        behind.onWork(listener);
    }

    @Override
    public long pending() {
        return behind.pending();
    }

    @Override
    public long waiting() {
        return behind.waiting();
    }

    @Override
    public long dropped() {
        return behind.dropped();
    }

    @Override
    public long overflowed() {
        return behind.overflowed();
    }

    @Override
    public void close() {
        behind.close();
    }
}
