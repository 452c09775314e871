package dev.ringback.gateway.webhook;

import dev.ringback.gateway.store.OutboxEvent;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What is known of webhooks: endpoints, events that wait to be turned into deliveries (the <em>outbox</em>), deliveries, and which
 * gateway works for which destination.
 *
 * <pre>
 *   a job ends ─(same step)─► outbox ─► {@link #add} ─► pending ─► delivered
 *                                                        │  ▲ later        {@link #settle}
 *                                                        └──┴───► dead
 * </pre>
 *
 * <p>A destination is worked for by one gateway at a time: {@link #claim} gives it, for {@link #LEASE_MILLIS} that {@link #renew}
 * prolongs; where that gateway is gone, another claims it, and what was in flight is sent again. Two gateways that both believe to
 * have it do no more harm than that.
 *
 * <p>No method blocks, and any thread may call. Each stage completes on any loop, exceptionally only with a
 * {@link dev.ringback.gateway.store.StoreException}. What a stage that completed has written is as durable as the store's jobs.
 */
public interface WebhookStore extends AutoCloseable {
    /** How long a destination stays claimed. */
    long LEASE_MILLIS = 10_000;

    /** Why a delivery failed that its destination had no room for. */
    String OVERFLOW = "overflow";

    /** An event in the outbox, and its name there. */
    record Waiting(String name, OutboxEvent event) {}

    /**
     * What is due at a destination.
     *
     * @param deliveries pending and due now, in the order in which they became due
     * @param nextMillis when the next that is not due yet will be, since the epoch; {@link Long#MAX_VALUE} for none. Meaningful only
     *     where fewer deliveries were found than asked for
     */
    record Due(List<Delivery> deliveries, long nextMillis) {}

    /** All endpoints. One that can't be read is left out, and what is due there waits until it can, or is removed. */
    CompletionStage<List<WebhookEndpoint>> endpoints();

    /**
     * Writes an endpoint, new or changed, where it follows on what is there: the stored one has the revision before, or there is none
     * and this is revision 1. Else false, and nothing is written: somebody else changed or removed it meanwhile. Once it is written,
     * the outbox takes what it wants.
     */
    CompletionStage<Boolean> putEndpoint(WebhookEndpoint endpoint);

    /** Whether it was there. */
    CompletionStage<Boolean> removeEndpoint(String id);

    /** The oldest events of the outbox; they stay there until {@link #add}. Empty while there is no room for deliveries. */
    CompletionStage<List<Waiting>> outbox(int most);

    /**
     * Turns an event into deliveries in one step: it leaves the outbox, and the deliveries are there, pending. Where it has left
     * already, nothing happens. A delivery whose id is there already stays as it is. Where as many are pending at its destination as
     * one may have, a new one is dead at once, with one attempt that says {@value #OVERFLOW}: a receiver that takes nothing must not
     * take the room of all others.
     *
     * @param name of the event; null for deliveries that come from none
     */
    CompletionStage<Void> add(@Nullable String name, List<Delivery> deliveries);

    /** Destinations that have something due, and that no gateway works for: from now on this one does. */
    CompletionStage<List<String>> claim(int most);

    /** Prolongs this gateway's claims: those that it still has. */
    CompletionStage<Set<String>> renew(Collection<String> destinations);

    /** Gives a claim back; another gateway, or this one, claims it when something is due there. */
    CompletionStage<Void> release(String destination);

    /**
     * What is due at a destination; those that became due at the same time in the order in which they were added. Asked again, it answers
     * the same until it is settled.
     *
     * @param known ids that the caller has already: these are left out
     */
    CompletionStage<Due> due(String destination, int most, Set<String> known);

    /** Writes how deliveries stand now. One that is not pending any more stays as it is, and one that was purged stays away. */
    CompletionStage<Void> settle(List<Delivery> deliveries);

    /** Makes deliveries pending and due now, with no attempts but their log, whatever they are: how many there were. */
    CompletionStage<Long> redeliver(List<String> ids, long nowMillis);

    /** Forgets deliveries, whatever their state: how many there were. */
    CompletionStage<Long> purge(List<String> ids);

    /** One delivery; null where there is none. */
    CompletionStage<@Nullable Delivery> delivery(String id);

    CompletionStage<DeliveryPage> list(DeliveryQuery query);

    /** Called, on any thread, when something may have got into the outbox or due; it need not tell of what other gateways did. */
    void onWork(Runnable listener);

    /** Deliveries that are pending, as far as known; any thread. */
    long pending();

    /** Events in the outbox, as far as known; any thread. */
    long waiting();

    /** Events that found the outbox full, as far as known; any thread. */
    long dropped();

    /** Deliveries that were dead at once because too many were pending at their destination, by this gateway; any thread. */
    long overflowed();

    @Override
    void close();
}
