package dev.ringback.gateway.hub;

import java.util.concurrent.atomic.LongAdder;

/** What the hub counts; written by the shards' loops, read by anyone. */
public final class HubCounters {
    /** Subscriptions made. */
    public final LongAdder subscribed = new LongAdder();
    /** Events that reached a topic with something new. */
    public final LongAdder events = new LongAdder();
    /** Events handed to subscribers: events times subscribers. */
    public final LongAdder deliveries = new LongAdder();
    /** Events that a topic knew already: duplicates and late ones. */
    public final LongAdder stale = new LongAdder();
    /** Events for jobs that nobody here waits for. */
    public final LongAdder unwanted = new LongAdder();
    /** Reads of the store on a topic's behalf. */
    public final LongAdder reads = new LongAdder();
    /** Reads that failed and were tried again. */
    public final LongAdder readFailures = new LongAdder();
    /** Reads that found something that no event had told: what the relay lost. */
    public final LongAdder recovered = new LongAdder();
    /** Topics that went back or began again. */
    public final LongAdder resets = new LongAdder();
    /** Subscriptions refused because a shard was full of topics. */
    public final LongAdder refused = new LongAdder();
    /** Documents not kept because a shard's cache was full. */
    public final LongAdder uncached = new LongAdder();
}
