package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.WebhookConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Call;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers: claims destinations that have something due, and has a {@link Courier} for each. What other gateways leave is found by
 * looking again and again; what this one does, at once.
 *
 * <pre>
 *   outbox ─► OutboxReader ─► store.add ─► claim ─► Courier ─► receiver
 *                                                     └──────► store.settle
 * </pre>
 *
 * <p>Confined to the loop, but for {@link #nudge}.
 */
final class Dispatcher extends LoopTicker.Deadline {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long RENEW_NANOS = TimeUnit.MILLISECONDS.toNanos(WebhookStore.LEASE_MILLIS / 3);
    private static final long LEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(WebhookStore.LEASE_MILLIS);
    private static final long LOG_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Destinations that are worked for at once; those with an open circuit count. */
    private static final int MOST_COURIERS = 10_000;

    private static final int CLAIM = 256;

    /**
     * What it needs from outside.
     *
     * @param send one POST; completes on any thread, and never exceptionally
     * @param secretOfOwner signs for jobs whose webhook has no secret of its own
     */
    record Parts(
            Loop loop,
            WebhookStore store,
            WebhookConfig config,
            Function<Call, CompletionStage<Answer>> send,
            Function<@Nullable String, SigningSecret> secretOfOwner,
            InstantSource clock,
            RandomGenerator random,
            WebhookCounters counters) {}

    private final Parts parts;
    private final Schedule schedule;
    private final Requests requests;
    private final KnownEndpoints endpoints;
    private final OutboxReader outbox;
    private final Settlements settlements;
    private final Map<String, Courier> couriers = new HashMap<>();
    private final Circuits circuits;
    private final Room room;
    private final AtomicBoolean nudged = new AtomicBoolean();
    private boolean claiming;
    /** Whether something may have become due since the present claim was asked for. */
    private boolean claimAgain;

    private boolean renewing;
    private boolean stopping;
    private boolean closed;
    private int releasing;
    private long renewedNanos;
    private long loggedNanos;
    private @Nullable CompletableFuture<Void> stopped;
    private volatile long openCircuits;
    private volatile long destinations;

    Dispatcher(Parts parts) {
        this.parts = parts;
        this.schedule = new Schedule(parts.config(), parts.random());
        this.requests = new Requests(parts);
        this.endpoints = new KnownEndpoints(this);
        this.outbox = new OutboxReader(this);
        this.circuits = new Circuits(parts.config());
        this.room = new Room(parts.config().inFlight());
        this.settlements = new Settlements(this);
    }

    void start() {
        assert loop().inLoop();
        long now = loop().nanoTime();
        renewedNanos = now;
        loggedNanos = now - LOG_NANOS;
        parts.store().onWork(this::nudge);
        onDeadline();
    }

    /** Something may have got into the outbox, or due. Any thread; many at once are one. */
    void nudge() {
        if (nudged.compareAndSet(false, true)) {
            loop().execute(() -> {
                nudged.set(false);
                work();
            });
        }
    }

    @Override
    protected void onDeadline() {
        long now = loop().nanoTime();
        loop().ticker().set(this, now, BEAT_NANOS);
        renew(now);
        settlements.flush();
        if (!couriers.isEmpty()) {
            endpoints.refreshIfOld();
        }
        work();
        List.copyOf(couriers.values()).forEach(Courier::more);
        destinations = couriers.size();
        openCircuits = couriers.values().stream().filter(Courier::isOpen).count();
    }

    private void work() {
        if (!stopping) {
            outbox.read();
            claim();
        }
    }

    /** Deliveries have come in for these destinations. */
    void onAdded(Set<String> destinations) {
        if (stopping) {
            return;
        }
        for (String destination : destinations) {
            Courier courier = couriers.get(destination);
            if (courier != null) {
                courier.more();
            }
        }
        claim();
    }

    private void claim() {
        int most = Math.min(CLAIM, MOST_COURIERS - couriers.size());
        if (claiming || stopping || most <= 0) {
            claimAgain = claiming;
            return;
        }
        claiming = true;
        claimAgain = false;
        long asked = loop().nanoTime();
        var unused = parts.store()
                .claim(most)
                .whenComplete((claimed, failure) -> loop().execute(() -> {
                    claiming = false;
                    if (failure != null) {
                        onStoreFailure("claiming", failure);
                        return;
                    }
                    if (!claimed.isEmpty()) {
                        take(claimed);
                    }
                    boolean isMore = claimed.size() == most && loop().nanoTime() - asked < BEAT_NANOS;
                    if (claimAgain || isMore) {
                        claim();
                    }
                }));
    }

    /** Without the endpoints as they are now nobody could say whether one was removed. */
    private void take(List<String> claimed) {
        var unused = endpoints.refresh().whenComplete((done, unread) -> {
            if (unread == null) {
                begin(claimed);
            } else {
                claimed.stream().filter(name -> !couriers.containsKey(name)).forEach(this::giveBack);
            }
        });
    }

    private void begin(List<String> claimed) {
        for (String destination : claimed) {
            if (stopping) {
                giveBack(destination);
                continue;
            }
            Courier courier = couriers.computeIfAbsent(destination, name -> new Courier(this, name, circuits.of(name)));
            courier.more();
        }
    }

    private void renew(long now) {
        if (couriers.isEmpty()) {
            renewedNanos = now;
        } else if (now - renewedNanos > LEASE_NANOS) {
            loseClaims();
        } else if (!renewing && now - renewedNanos >= RENEW_NANOS) {
            askForClaims(now);
        }
    }

    private void askForClaims(long now) {
        renewing = true;
        Set<String> ours = new HashSet<>(couriers.keySet());
        var unused = parts.store()
                .renew(ours)
                .whenComplete((kept, failure) -> loop().run(() -> {
                    renewing = false;
                    if (failure != null) {
                        onStoreFailure("renewing claims", failure);
                        return;
                    }
                    renewedNanos = now;
                    ours.removeAll(kept);
                    ours.forEach(this::lose);
                }));
    }

    private void loseClaims() {
        LOG.warn("the claims could not be renewed: {} destinations are left to others", couriers.size());
        List.copyOf(couriers.keySet()).forEach(this::lose);
        renewedNanos = loop().nanoTime();
    }

    private void lose(String destination) {
        Courier courier = couriers.remove(destination);
        if (courier != null) {
            courier.end();
            room.leave(courier);
            checkStopped();
        }
    }

    /** The courier has nothing to do, and nothing under way. */
    void release(Courier courier) {
        if (couriers.remove(courier.destination(), courier)) {
            courier.end();
            room.leave(courier);
            giveBack(courier.destination());
        }
    }

    private void giveBack(String destination) {
        releasing++;
        var unused = parts.store()
                .release(destination)
                .whenComplete((done, failure) -> loop().run(() -> {
                    releasing--;
                    if (failure != null) {
                        onStoreFailure("releasing", failure);
                    }
                    checkStopped();
                }));
    }

    CompletionStage<Answer> post(Delivery delivery) {
        String id = delivery.sent().endpoint();
        return requests.post(delivery, id == null ? null : endpoints.get(id));
    }

    /** Forgets deliveries; the caller hears whether the store has. */
    void purge(List<String> ids, Consumer<Boolean> then) {
        var unused = parts.store()
                .purge(ids)
                .whenComplete((count, failure) -> loop().execute(() -> {
                    if (failure != null) {
                        onStoreFailure("forgetting progress", failure);
                    }
                    then.accept(failure == null);
                }));
    }

    /** What is wrong is tried again by the next beat. */
    void onStoreFailure(String what, Throwable failure) {
        if (closed) {
            return;
        }
        counters().storeFailures.increment();
        long now = loop().nanoTime();
        if (now - loggedNanos >= LOG_NANOS) {
            loggedNanos = now;
            LOG.warn("webhooks: {} failed, and is tried again: {}", what, failure.getMessage());
        }
    }

    /** Begins nothing more, and gives back what nothing is under way for; completes when all is given back. */
    CompletionStage<Void> stop() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop().run(() -> {
            stopping = true;
            stopped = done;
            for (Courier courier : List.copyOf(couriers.values())) {
                courier.end();
                onQuiet(courier);
            }
            checkStopped();
        });
        return done;
    }

    /** Nothing more comes of a courier that was ended. */
    void onQuiet(Courier courier) {
        if (stopping && courier.isQuiet()) {
            release(courier);
        }
    }

    void checkStopped() {
        CompletableFuture<Void> waiting = stopped;
        if (waiting != null && couriers.isEmpty() && releasing == 0 && !settlements.isBusy()) {
            waiting.complete(null);
        }
    }

    /** Whether what ends now was ended by the gateway's own end, and says nothing of a receiver. */
    boolean isClosed() {
        return closed;
    }

    /** Stops at once. */
    void close() {
        stopping = true;
        closed = true;
        loop().ticker().clear(this);
        couriers.values().forEach(Courier::end);
        couriers.clear();
    }

    Loop loop() {
        return parts.loop();
    }

    WebhookStore store() {
        return parts.store();
    }

    KnownEndpoints endpoints() {
        return endpoints;
    }

    Circuits circuits() {
        return circuits;
    }

    Room room() {
        return room;
    }

    Settlements settlements() {
        return settlements;
    }

    Schedule schedule() {
        return schedule;
    }

    WebhookCounters counters() {
        return parts.counters();
    }

    long nowMillis() {
        return parts.clock().millis();
    }

    /** Destinations that are left alone, as of the last beat. Any thread. */
    long openCircuits() {
        return openCircuits;
    }

    /** Destinations that this gateway works for, as of the last beat. Any thread. */
    long destinations() {
        return destinations;
    }

    /** Requests under way. Any thread. */
    long inFlight() {
        return room.taken();
    }
}
