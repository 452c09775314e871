package dev.ringback.gateway.store;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.List;

/** A store with its relay, as the contract test needs them. */
interface StoreUnderTest extends AutoCloseable {
    JobStore store();

    /** The loop of the job's shard. */
    Loop loopOf(JobId id);

    /** Returns when lists have what was acknowledged before: an index may be written behind the answer. */
    default void settle() {}

    /** Begins to hear what is relayed of this job; returns when nothing can be missed any more. */
    void follow(JobId id);

    /** What was relayed of a followed job so far, in its order. */
    List<JobEvent> relayed(JobId id);

    @Override
    void close();
}
