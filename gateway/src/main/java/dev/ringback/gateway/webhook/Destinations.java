package dev.ringback.gateway.webhook;

import dev.ringback.gateway.webhook.Deliveries.Kept;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is pending at each destination, and which of them are worked for. Confined to one loop.
 *
 * <pre>
 *   looked at: when its first delivery is due ── claim ──► when the lease ends ── release, or nobody renewed ──► …
 * </pre>
 */
final class Destinations {
    private static final Comparator<Kept> AS_DUE =
            Comparator.<Kept>comparingLong(kept -> kept.delivery().dueMillis()).thenComparingLong(Kept::number);

    private static final Comparator<Destination> AS_LOOKED_AT =
            Comparator.<Destination>comparingLong(it -> it.lookAtMillis).thenComparing(it -> it.name);

    private static final class Destination {
        private final String name;
        private final TreeSet<Kept> pending = new TreeSet<>(AS_DUE);
        private long bytes;
        /** 0 while nobody works for it. */
        private long leaseEndMillis;
        /** Its place among the others; changed only while it is not there. */
        private long lookAtMillis;

        private Destination(String name) {
            this.name = name;
        }

        private boolean hasDue(long nowMillis) {
            return !pending.isEmpty() && firstDueMillis() <= nowMillis;
        }

        private long firstDueMillis() {
            return pending.first().delivery().dueMillis();
        }
    }

    private final Map<String, Destination> all = new HashMap<>();
    private final TreeSet<Destination> toLookAt = new TreeSet<>(AS_LOOKED_AT);

    /** How much is pending at a destination. */
    record Crowd(int count, long bytes) {}

    void add(Kept pending) {
        String name = pending.delivery().sent().destination();
        Destination destination = all.computeIfAbsent(name, Destination::new);
        destination.bytes += pending.bytes();
        change(destination, () -> destination.pending.add(pending));
    }

    void remove(Kept pending) {
        Destination destination = all.get(pending.delivery().sent().destination());
        if (destination != null) {
            destination.bytes -= pending.bytes();
            change(destination, () -> destination.pending.remove(pending));
        }
    }

    Crowd crowd(String name) {
        Destination destination = all.get(name);
        return destination == null ? new Crowd(0, 0) : new Crowd(destination.pending.size(), destination.bytes);
    }

    /** The one place where a destination changes: its place among the others follows. */
    private void change(Destination destination, Runnable change) {
        toLookAt.remove(destination);
        change.run();
        if (destination.leaseEndMillis > 0) {
            destination.lookAtMillis = destination.leaseEndMillis;
        } else if (!destination.pending.isEmpty()) {
            destination.lookAtMillis = destination.firstDueMillis();
        } else {
            all.remove(destination.name);
            return;
        }
        toLookAt.add(destination);
    }

    private void lease(Destination destination, long untilMillis) {
        change(destination, () -> destination.leaseEndMillis = untilMillis);
    }

    /** {@link WebhookStore#claim}. */
    List<String> claim(int most, long nowMillis) {
        List<String> claimed = new ArrayList<>();
        while (claimed.size() < most && !toLookAt.isEmpty() && toLookAt.first().lookAtMillis <= nowMillis) {
            Destination destination = toLookAt.first();
            if (destination.hasDue(nowMillis)) {
                lease(destination, nowMillis + WebhookStore.LEASE_MILLIS);
                claimed.add(destination.name);
            } else {
                lease(destination, 0);
            }
        }
        return claimed;
    }

    /** {@link WebhookStore#renew}. */
    Set<String> renew(Collection<String> names, long nowMillis) {
        Set<String> renewed = new LinkedHashSet<>();
        for (String name : names) {
            Destination destination = all.get(name);
            if (destination != null && destination.leaseEndMillis > nowMillis) {
                lease(destination, nowMillis + WebhookStore.LEASE_MILLIS);
                renewed.add(name);
            }
        }
        return renewed;
    }

    void release(String name) {
        Destination destination = all.get(name);
        if (destination != null) {
            lease(destination, 0);
        }
    }

    /** {@link WebhookStore#due}. */
    WebhookStore.Due due(String name, int most, Set<String> known, long nowMillis) {
        List<Delivery> due = new ArrayList<>();
        Destination destination = all.get(name);
        if (destination == null) {
            return new WebhookStore.Due(due, Long.MAX_VALUE);
        }
        for (Kept kept : destination.pending) {
            Delivery delivery = kept.delivery();
            if (delivery.dueMillis() > nowMillis || due.size() == most) {
                return new WebhookStore.Due(due, delivery.dueMillis());
            }
            if (!known.contains(delivery.id())) {
                due.add(delivery);
            }
        }
        return new WebhookStore.Due(due, Long.MAX_VALUE);
    }
}
