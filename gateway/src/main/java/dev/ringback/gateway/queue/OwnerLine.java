package dev.ringback.gateway.queue;

import org.jspecify.annotations.Nullable;

/** One owner's jobs in a queue: those that workers could have now, in their order. Confined to the store's loop. */
final class OwnerLine {
    /** Null for nobody. */
    final @Nullable String name;

    final JobHeap ready;
    /** How many jobs of the owner there are, ready or not. */
    int jobs;
    /** Whose number is the lowest is the next; meaningful while it is in the ring. */
    long turn;

    @Nullable OwnerLine previous;

    @Nullable OwnerLine next;

    OwnerLine(@Nullable String name, JobHeap.Order order) {
        this.name = name;
        this.ready = JobHeap.ofPlace(order);
    }
}
