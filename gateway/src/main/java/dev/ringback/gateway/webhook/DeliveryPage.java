package dev.ringback.gateway.webhook;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of deliveries, newest first.
 *
 * @param next where the next page begins; null where this was the last. A page may be shorter than its limit, even empty, and not
 *     be the last: one question looks at a bounded number of deliveries
 */
public record DeliveryPage(List<Delivery> deliveries, DeliveryQuery.@Nullable Place next) {}
