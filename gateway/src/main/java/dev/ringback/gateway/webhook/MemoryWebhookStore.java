package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.UnusableFileException;
import dev.ringback.gateway.store.WebhookJournal;
import dev.ringback.gateway.store.WebhookJournal.Kind;
import dev.ringback.gateway.store.WebhookJournal.Row;
import dev.ringback.gateway.webhook.WebhookRows.Key;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Webhooks of one gateway without Redis: everything in this process's memory, on one loop, so that a step is atomic because nobody
 * else runs there. With the memory store it is gone when the process ends. With the file store each step is also written into the
 * {@link WebhookJournal}, in one transaction, and its stage completes when that is safe.
 *
 * <p>A step is done in memory first. Where the file then can't take it, the caller is told {@link StoreException.Kind#TIMEOUT},
 * and what memory has is written later. While the file is known not to take anything, nothing changes.
 */
public final class MemoryWebhookStore implements WebhookStore {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryWebhookStore.class);
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_FORGOTTEN = 2_000;

    /**
     * What the store needs from outside.
     *
     * @param loop the first shard's
     * @param clock the wall clock
     * @param outbox which the job store fills
     * @param journal null where nothing outlives the process
     */
    public record Parts(
            GatewayConfig config,
            Loop loop,
            InstantSource clock,
            MemoryOutbox outbox,
            @Nullable WebhookJournal journal) {}

    private final Loop loop;
    private final InstantSource clock;
    private final MemoryOutbox outbox;
    private final long historyMillis;
    private final Beat beat = new Beat();
    // Confined to the loop.
    private final MemoryEndpoints endpoints;
    private final Deliveries deliveries;
    private final WebhookRows rows;

    private final LongAdder overflowed = new LongAdder();
    private volatile long pending;
    private volatile Runnable listener = () -> {};
    private volatile boolean closed;

    private MemoryWebhookStore(Parts parts) {
        this.loop = parts.loop();
        this.clock = parts.clock();
        this.outbox = parts.outbox();
        this.endpoints = new MemoryEndpoints(outbox);
        this.historyMillis = parts.config().webhook().history().toMillis();
        this.deliveries = new Deliveries(parts.config());
        this.rows = new WebhookRows(loop, parts.journal(), this::present);
    }

    /**
     * Opens it with what the journal holds. Blocks while it reads that; to be done before the job store starts, so that no end is
     * missed that an endpoint wants.
     *
     * @throws UnusableFileException where the journal can't be read
     */
    public static MemoryWebhookStore open(Parts parts) throws UnusableFileException {
        MemoryWebhookStore store = new MemoryWebhookStore(parts);
        if (parts.journal() != null) {
            parts.journal().load().forEach(store::load);
        }
        store.pending = store.deliveries.pending();
        store.loop.execute(store.beat::onDeadline);
        return store;
    }

    /** One row that is damaged must not hide all others; it stays in the file. */
    private void load(Row row) {
        byte[] value = row.value();
        if (value == null) {
            return;
        }
        try {
            switch (row.kind()) {
                case OUTBOX -> outbox.accept(Long.parseLong(row.key()), DeliveryFormat.decodeOutbox(value));
                case ENDPOINT -> endpoints.load(DeliveryFormat.decodeEndpoint(value));
                case DELIVERY -> load(DeliveryFormat.decode(value));
            }
        } catch (StoreException | NumberFormatException damage) {
            LOG.error("{} {} is left out: {}", row.kind(), row.key(), damage.getMessage());
            if (row.kind() == Kind.ENDPOINT) {
                endpoints.loadUnreadable(row.key());
            }
        }
    }

    private void load(Delivery delivery) {
        List<Delivery.Attempt> log = delivery.log();
        Delivery.Attempt last = log.isEmpty() ? null : log.get(log.size() - 1);
        long ended = last == null ? delivery.sent().createdMillis() : last.atMillis() + last.latencyMillis();
        deliveries.put(delivery, ended);
    }

    @Override
    public CompletionStage<List<WebhookEndpoint>> endpoints() {
        return step(touched -> endpoints.all());
    }

    @Override
    public CompletionStage<Boolean> putEndpoint(WebhookEndpoint endpoint) {
        return change(touched -> {
            boolean isPut = endpoints.put(endpoint);
            if (isPut) {
                touched.add(new Key(Kind.ENDPOINT, endpoint.id()));
            }
            return isPut;
        });
    }

    @Override
    public CompletionStage<Boolean> removeEndpoint(String id) {
        return change(touched -> {
            boolean there = endpoints.remove(id);
            if (there) {
                touched.add(new Key(Kind.ENDPOINT, id));
            }
            return there;
        });
    }

    @Override
    public CompletionStage<List<Waiting>> outbox(int most) {
        return step(touched -> deliveries.haveRoom() ? outbox.oldest(most) : List.of());
    }

    @Override
    public CompletionStage<Void> add(@Nullable String name, List<Delivery> added) {
        return change(touched -> {
            if (name != null) {
                if (!outbox.remove(name)) {
                    return null;
                }
                touched.add(new Key(Kind.OUTBOX, name));
            }
            for (Delivery delivery : added) {
                if (deliveries.find(delivery.id()) == null) {
                    put(withinItsShare(delivery), touched);
                }
            }
            return null;
        });
    }

    private Delivery withinItsShare(Delivery delivery) {
        if (!isPending(delivery) || !deliveries.isCrowded(delivery.sent().destination())) {
            return delivery;
        }
        overflowed.increment();
        return delivery.overflowed(clock.millis());
    }

    @Override
    public CompletionStage<List<String>> claim(int most) {
        return step(touched -> deliveries.destinations().claim(most, clock.millis()));
    }

    @Override
    public CompletionStage<Set<String>> renew(Collection<String> destinations) {
        List<String> names = List.copyOf(destinations);
        return step(touched -> deliveries.destinations().renew(names, clock.millis()));
    }

    @Override
    public CompletionStage<Void> release(String destination) {
        return step(touched -> {
            deliveries.destinations().release(destination);
            return null;
        });
    }

    @Override
    public CompletionStage<Due> due(String destination, int most, Set<String> known) {
        return step(touched -> endpoints.isUnreadable(destination)
                ? new Due(List.of(), Long.MAX_VALUE)
                : deliveries.destinations().due(destination, most, known, clock.millis()));
    }

    @Override
    public CompletionStage<Void> settle(List<Delivery> settled) {
        return change(touched -> {
            for (Delivery delivery : settled) {
                if (isPending(deliveries.find(delivery.id()))) {
                    put(delivery, touched);
                }
            }
            return null;
        });
    }

    private static boolean isPending(@Nullable Delivery delivery) {
        return delivery != null && delivery.status() == Delivery.Status.PENDING;
    }

    @Override
    public CompletionStage<Long> redeliver(List<String> ids, long nowMillis) {
        return change(touched -> {
            long found = 0;
            for (String id : ids) {
                Delivery delivery = deliveries.find(id);
                if (delivery != null) {
                    put(delivery.again(nowMillis), touched);
                    found++;
                }
            }
            return found;
        });
    }

    @Override
    public CompletionStage<Long> purge(List<String> ids) {
        return change(touched -> {
            long gone = 0;
            for (String id : ids) {
                if (deliveries.remove(id)) {
                    touched.add(new Key(Kind.DELIVERY, id));
                    gone++;
                }
            }
            return gone;
        });
    }

    @Override
    public CompletionStage<@Nullable Delivery> delivery(String id) {
        return step(touched -> deliveries.find(id));
    }

    @Override
    public CompletionStage<DeliveryPage> list(DeliveryQuery query) {
        return step(touched -> deliveries.list(query));
    }

    private void put(Delivery delivery, Set<Key> touched) {
        deliveries.put(delivery, clock.millis());
        touched.add(new Key(Kind.DELIVERY, delivery.id()));
    }

    /** A step on the loop; it adds the rows that it changes. */
    private interface Step<T> {
        @Nullable T on(Set<Key> touched);
    }

    /** A step that may change what is to be kept. */
    private <T> CompletableFuture<T> change(Step<T> step) {
        return step(touched -> {
            String outage = rows.outage();
            if (outage != null) {
                throw new StoreException(StoreException.Kind.UNAVAILABLE, "the file store: " + outage);
            }
            boolean hadRoom = deliveries.haveRoom();
            @Nullable T value = step.on(touched);
            deliveries.trim().forEach(id -> touched.add(new Key(Kind.DELIVERY, id)));
            pending = deliveries.pending();
            boolean madeRoom = !hadRoom && deliveries.haveRoom() && outbox.waiting() > 0;
            if (madeRoom || touched.stream().anyMatch(this::isDue)) {
                listener.run();
            }
            return value;
        });
    }

    private boolean isDue(Key key) {
        Delivery delivery = key.kind() == Kind.DELIVERY ? deliveries.find(key.name()) : null;
        return delivery != null && isPending(delivery) && delivery.dueMillis() <= clock.millis();
    }

    private <T> CompletableFuture<T> step(Step<T> step) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.run(() -> {
            try {
                if (closed) {
                    throw new StoreException(StoreException.Kind.UNAVAILABLE, "the store is closed");
                }
                Set<Key> touched = new LinkedHashSet<>();
                @Nullable T value = step.on(touched);
                rows.keep(touched, () -> answer.complete(value), answer::completeExceptionally);
            } catch (StoreException e) {
                answer.completeExceptionally(e);
            } catch (RuntimeException bug) {
                LOG.error("a step on webhooks failed", bug);
                answer.completeExceptionally(
                        new StoreException(StoreException.Kind.CORRUPT, "the gateway's log has the details"));
            }
        });
        return answer;
    }

    private byte @Nullable [] present(Key key) {
        switch (key.kind()) {
            case ENDPOINT -> {
                WebhookEndpoint endpoint = endpoints.find(key.name());
                return endpoint == null ? null : DeliveryFormat.encode(endpoint);
            }
            case DELIVERY -> {
                Delivery delivery = deliveries.find(key.name());
                return delivery == null ? null : DeliveryFormat.encode(delivery);
            }
            default -> {
                return null;
            }
        }
    }

    /** Forgets what ended long ago, and writes what could not be written, now and then. */
    private final class Beat extends LoopTicker.Deadline {
        @Override
        protected void onDeadline() {
            if (closed) {
                return;
            }
            loop.ticker().set(this, loop.nanoTime(), BEAT_NANOS);
            if (rows.outage() != null) {
                return;
            }
            Set<Key> touched = rows.takeUnwritten();
            for (String id : deliveries.forget(clock.millis() - historyMillis, MOST_FORGOTTEN)) {
                touched.add(new Key(Kind.DELIVERY, id));
            }
            rows.keep(touched, () -> {}, failure -> LOG.warn("webhooks are not written yet: {}", failure.detail()));
        }
    }

    @Override
    public void onWork(Runnable newListener) {
        listener = newListener;
        outbox.onEvent(newListener);
    }

    @Override
    public long pending() {
        return pending;
    }

    @Override
    public long waiting() {
        return outbox.waiting();
    }

    @Override
    public long dropped() {
        return outbox.dropped();
    }

    @Override
    public long overflowed() {
        return overflowed.sum();
    }

    @Override
    public void close() {
        closed = true;
        loop.run(() -> loop.ticker().clear(beat));
    }
}
