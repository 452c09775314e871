package dev.ringback.gateway.webhook;

import org.jspecify.annotations.Nullable;

/**
 * Which deliveries are wanted, newest first.
 *
 * @param owner only this owner's; null for everybody's
 * @param endpoint only those to this endpoint; null for all
 * @param status only those that stand so; null for all
 * @param limit how many at most
 * @param after the place of the last one of the page before; null for the first page
 */
public record DeliveryQuery(
        @Nullable String owner,
        @Nullable String endpoint,
        Delivery.@Nullable Status status,
        int limit,
        @Nullable Place after) {

    /** The same query for another page. */
    DeliveryQuery page(int newLimit, @Nullable Place newAfter) {
        return new DeliveryQuery(owner, endpoint, status, newLimit, newAfter);
    }

    /** Where a delivery stands in the list: by its making, then by its id. */
    public record Place(long createdMillis, String id) {}
}
