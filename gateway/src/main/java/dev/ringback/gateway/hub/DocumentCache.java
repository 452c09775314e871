package dev.ringback.gateway.hub;

import dev.ringback.protocol.JobEvent;

/** Counts the documents that a shard's topics keep for newcomers, against {@code hub.cache-bytes}. Confined to the shard's loop. */
final class DocumentCache {
    private static final byte[] NONE = {};

    private final long limit;
    private final HubCounters counters;
    private long bytes;

    DocumentCache(long limit, HubCounters counters) {
        this.limit = limit;
        this.counters = counters;
    }

    long bytes() {
        return bytes;
    }

    void add(JobEvent event) {
        bytes += event.json().length;
    }

    void remove(JobEvent event) {
        bytes -= event.json().length;
    }

    /** The event as it may be kept: without its document where there is no room for it. */
    JobEvent fitted(JobEvent event) {
        if (bytes <= limit || event.json().length == 0) {
            return event;
        }
        remove(event);
        counters.uncached.increment();
        return new JobEvent(
                event.jobId(), event.incarnation(), event.version(), event.state(), event.hasProgress(), NONE);
    }
}
