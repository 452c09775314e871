package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.GatewayConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All deliveries that are kept in this process, as they are looked for: by id, newest first, those that ended first, and those that
 * are pending by their {@link Destinations}. At most {@code webhook.deliveries}, and half of {@code store.memory-bytes}. Confined to
 * one loop.
 */
final class Deliveries {
    /** What one page of a list looks at, so that a rare delivery among many does not hold the loop up. */
    private static final int MOST_LOOKED_AT = 1_000;

    private static final long DELIVERY_BYTES = 800;
    private static final long ATTEMPT_BYTES = 100;
    /** One destination may have a tenth of the room, and so many at least. */
    private static final long LEAST_SHARE = 10;

    private static final long SHARES = 10;

    private static final Comparator<DeliveryQuery.Place> NEWEST_FIRST = Comparator.comparingLong(
                    DeliveryQuery.Place::createdMillis)
            .thenComparing(DeliveryQuery.Place::id)
            .reversed();

    /**
     * A delivery as it is kept.
     *
     * @param number of those that were ever put; the same for all that have its id
     * @param endedMillis meaningful where it is not pending
     */
    record Kept(Delivery delivery, long number, long endedMillis, long bytes) {
        DeliveryQuery.Place place() {
            return new DeliveryQuery.Place(delivery.sent().createdMillis(), delivery.id());
        }

        boolean pending() {
            return delivery.status() == Delivery.Status.PENDING;
        }
    }

    private final Map<String, Kept> byId = new HashMap<>();
    private final TreeSet<DeliveryQuery.Place> newest = new TreeSet<>(NEWEST_FIRST);
    private final TreeSet<Kept> ended =
            new TreeSet<>(Comparator.comparingLong(Kept::endedMillis).thenComparing(kept -> kept.delivery.id()));
    private final Destinations destinations = new Destinations();
    private final long most;
    private final long mostBytes;
    private long bytes;
    private long pendingBytes;
    private long lastNumber;

    Deliveries(GatewayConfig config) {
        this.most = config.webhook().deliveries();
        this.mostBytes = config.store().memoryBytes() / 2;
    }

    Destinations destinations() {
        return destinations;
    }

    @Nullable Delivery find(String id) {
        Kept kept = byId.get(id);
        return kept == null ? null : kept.delivery;
    }

    /** Puts a delivery, in place of the one with its id. */
    void put(Delivery delivery, long nowMillis) {
        Kept before = byId.get(delivery.id());
        remove(delivery.id());
        Kept kept = new Kept(delivery, before == null ? ++lastNumber : before.number, nowMillis, bytes(delivery));
        byId.put(delivery.id(), kept);
        newest.add(kept.place());
        bytes += kept.bytes;
        if (kept.pending()) {
            pendingBytes += kept.bytes;
            destinations.add(kept);
        } else {
            ended.add(kept);
        }
    }

    /** Whether it was there. */
    boolean remove(String id) {
        Kept kept = byId.remove(id);
        if (kept == null) {
            return false;
        }
        newest.remove(kept.place());
        bytes -= kept.bytes;
        if (kept.pending()) {
            pendingBytes -= kept.bytes;
            destinations.remove(kept);
        } else {
            ended.remove(kept);
        }
        return true;
    }

    private static long bytes(Delivery delivery) {
        long bytes = DELIVERY_BYTES
                + delivery.sent().body().length
                + delivery.sent().url().length();
        for (Delivery.Attempt attempt : delivery.log()) {
            String detail = attempt.detail();
            bytes += ATTEMPT_BYTES + (detail == null ? 0 : detail.length());
        }
        return bytes;
    }

    int pending() {
        return byId.size() - ended.size();
    }

    /** Whether there is room for more: what has ended makes some. */
    boolean haveRoom() {
        return pending() < most && pendingBytes < mostBytes;
    }

    /** Whether so much is pending at a destination that no more may be. */
    boolean isCrowded(String destination) {
        Destinations.Crowd there = destinations.crowd(destination);
        return there.count() >= Math.max(LEAST_SHARE, most / SHARES) || there.bytes() >= mostBytes / SHARES;
    }

    /** Takes away what is too many, those that ended first; their ids. */
    List<String> trim() {
        List<String> gone = new ArrayList<>();
        while ((byId.size() > most || bytes > mostBytes) && !ended.isEmpty()) {
            gone.add(ended.first().delivery.id());
            remove(ended.first().delivery.id());
        }
        return gone;
    }

    /** Takes away what ended before this time, the first so many; their ids. */
    List<String> forget(long beforeMillis, int atMost) {
        List<String> gone = new ArrayList<>();
        while (gone.size() < atMost && !ended.isEmpty() && ended.first().endedMillis < beforeMillis) {
            gone.add(ended.first().delivery.id());
            remove(ended.first().delivery.id());
        }
        return gone;
    }

    /** {@link WebhookStore#list}. */
    DeliveryPage list(DeliveryQuery query) {
        Iterator<DeliveryQuery.Place> places =
                (query.after() == null ? newest : newest.tailSet(query.after(), false)).iterator();
        List<Delivery> found = new ArrayList<>();
        DeliveryQuery.Place last = null;
        for (int looked = 0; looked < MOST_LOOKED_AT && found.size() < query.limit() && places.hasNext(); looked++) {
            last = places.next();
            Delivery delivery = find(last.id());
            if (delivery != null && isAsked(delivery, query)) {
                found.add(delivery);
            }
        }
        return new DeliveryPage(found, places.hasNext() ? last : null);
    }

    private static boolean isAsked(Delivery delivery, DeliveryQuery query) {
        Delivery.Sent sent = delivery.sent();
        return (query.owner() == null || query.owner().equals(sent.owner()))
                && (query.endpoint() == null || query.endpoint().equals(sent.endpoint()))
                && (query.status() == null || query.status() == delivery.status());
    }
}
