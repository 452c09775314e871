package dev.ringback.gateway.store;

import static dev.ringback.gateway.store.StoredJob.length;

import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.NewJob;
import org.jspecify.annotations.Nullable;

/** One job in memory, which waits on its shard's ticker for its own end. Confined to the shard's loop. */
final class MemoryJob extends LoopTicker.Deadline {
    /** What an entry costs beside its documents: objects, entries of the map and the index, id; measured to be about this. */
    private static final int OVERHEAD_BYTES = 640;

    private final MemoryJobStore store;
    StoredJob state;

    @Nullable NewJob submitted;

    byte @Nullable [] largeResult;

    MemoryJob(MemoryJobStore store, StoredJob state) {
        this.store = store;
        this.state = state;
    }

    /** What the step says is kept from now on. */
    void take(StoredJob after, JobRules.Step step) {
        state = after;
        if (after.record() == null) {
            submitted = null;
            largeResult = null;
            return;
        }
        if (step.submitted() != null) {
            submitted = step.submitted();
        }
        if (!step.largeResult().kept()) {
            largeResult = step.largeResult().json();
        }
    }

    /** The record of a job that the index has. */
    JobRecord listed() {
        JobRecord record = state.record();
        if (record == null) {
            throw new IllegalStateException("a tombstone is listed");
        }
        return record;
    }

    /** About how many bytes of heap this holds. */
    long bytes() {
        long bytes = OVERHEAD_BYTES + state.id().length() + state.jsonBytes() + length(largeResult);
        return submitted == null ? bytes : bytes + length(submitted.input()) + length(submitted.webhook());
    }

    @Override
    protected void onDeadline() {
        store.onDeadline(this);
    }
}
