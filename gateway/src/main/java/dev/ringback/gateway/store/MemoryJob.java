package dev.ringback.gateway.store;

import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.NewJob;
import org.jspecify.annotations.Nullable;

/** One job in memory, which waits on its shard's ticker for its own end. Confined to the shard's loop. */
final class MemoryJob extends LoopTicker.Deadline {
    /** What an entry costs beside its documents: objects, map entry, id; measured to be about this. */
    private static final int OVERHEAD_BYTES = 512;

    private final MemoryJobStore store;
    private final JobId id;
    /** Null once the job is a tombstone. */
    @Nullable JobRecord record;

    /** Whose the job was before it became a tombstone. */
    @Nullable String owner;

    @Nullable NewJob submitted;

    @Nullable String fingerprint;

    @Nullable String lastEventId;

    byte @Nullable [] largeResult;

    @Nullable String plainOwner;

    long plainOwnerUntil;

    MemoryJob(MemoryJobStore store, JobId id) {
        this.store = store;
        this.id = id;
    }

    JobId id() {
        return id;
    }

    /** About how many bytes of heap this holds. */
    long bytes() {
        long bytes = OVERHEAD_BYTES + id.length() + length(largeResult);
        if (record != null) {
            bytes += length(record.progress()) + length(record.result()) + length(record.error());
        }
        if (submitted != null) {
            bytes += length(submitted.input()) + length(submitted.webhook());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] json) {
        return json == null ? 0 : json.length;
    }

    @Override
    protected void onDeadline() {
        store.onDeadline(this);
    }
}
