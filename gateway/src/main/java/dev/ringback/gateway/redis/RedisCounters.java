package dev.ringback.gateway.redis;

import java.util.concurrent.atomic.LongAdder;

/** What the Redis side counts; written by the shards' loops, read by anyone. */
public final class RedisCounters {
    /** Stored events that the relay handed to the hub. */
    public final LongAdder relayEvents = new LongAdder();
    /** What claimed to be a stored event, and could not be read. */
    public final LongAdder relayUnreadable = new LongAdder();
    /** Plain events that changed a job. */
    public final LongAdder plainApplied = new LongAdder();
    /** Plain events that the store refused: late, repeated, or another gateway's. */
    public final LongAdder plainRefused = new LongAdder();
    /** Plain events that say nothing about a job. */
    public final LongAdder plainInvalid = new LongAdder();
    /** Plain events given up because the store did not answer. */
    public final LongAdder plainLost = new LongAdder();
    /** Connections made in place of lost ones. */
    public final LongAdder reconnects = new LongAdder();
    /** Store calls that got no answer within {@code store.timeout}. */
    public final LongAdder commandTimeouts = new LongAdder();
    /** Commands not sent because too many, or too many bytes, waited for Redis already. */
    public final LongAdder commandsRejected = new LongAdder();
    /** SUBSCRIBE and UNSUBSCRIBE commands that Redis refused. */
    public final LongAdder subscribesRefused = new LongAdder();
    /** WAITs for replicas. */
    public final LongAdder replicaWaits = new LongAdder();
    /** WAITs that ended with fewer replicas than wanted. */
    public final LongAdder replicaWaitsShort = new LongAdder();
    /** Replicated changes whose PUBLISH failed: waiters learn of them by the sweep. */
    public final LongAdder publishesFailed = new LongAdder();
    /** Documents that could not be read and were replaced by their scalar fields. */
    public final LongAdder documentsReplaced = new LongAdder();
    /** Writes of an index that Redis did not take: the repair makes up for them. */
    public final LongAdder indexWritesFailed = new LongAdder();
    /** Entries that the repair found missing or wrong in an index, and put there. */
    public final LongAdder indexEntriesRepaired = new LongAdder();
    /** Entries taken out of an index because their job is gone. */
    public final LongAdder indexEntriesDropped = new LongAdder();
    /** Times that the repair has been through all keys. */
    public final LongAdder indexPasses = new LongAdder();
    /** Jobs failed because they did not end within {@code jobs.max-age}. */
    public final LongAdder jobsExpired = new LongAdder();
}
