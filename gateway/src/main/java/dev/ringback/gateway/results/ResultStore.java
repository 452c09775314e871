package dev.ringback.gateway.results;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where uploaded bytes lie. It knows nothing of jobs: an upload is written under a name of its own, and becomes a job's result when
 * the job's document names it, in the one step that completes the job. The order of steps makes each crash harmless:
 *
 * <pre>
 *   append … append    seal              JobStore.apply             keepUntil
 *   ───────────────► ───────► ──────────────────────────────────► ───────────►
 *    unsealed: gone    sealed: kept as     the document names the     kept exactly as
 *    a while after     long as the job     upload, or another's:      long as the job
 *    the last piece    would be            then this is removed
 * </pre>
 *
 * A crash before {@code apply} leaves bytes that nobody names and that end by themselves; a crash after it leaves a completed job
 * whose bytes are whole, and kept a little longer than the job. No two uploads share a name, so that the one that lost can remove
 * its own bytes only.
 *
 * <p>No method blocks, and any thread may call. Calls about one upload take effect in the order in which they were made. Stages
 * complete on any thread, always, and exceptionally only with a {@link dev.ringback.gateway.store.StoreException}.
 */
public interface ResultStore extends AutoCloseable {
    /**
     * Adds a piece at the end, where the offset must be; it is the store's from now on. Fails with {@code FULL} where there is no room,
     * and with {@code UNAVAILABLE} where what came before is no longer there.
     */
    CompletionStage<Void> append(ResultId id, long offset, byte[] piece);

    /** Says that the bytes are whole, and what they are. They are as durable as the store makes anything before this completes. */
    CompletionStage<Void> seal(ResultId id, ResultMeta meta, Duration life);

    /** Sets the end of sealed bytes, in milliseconds since the epoch. */
    CompletionStage<Void> keepUntil(ResultId id, long epochMillis);

    /** Removes the bytes, whole or not; where that fails they end by themselves. */
    void remove(ResultId id);

    /** What the sealed bytes are; null where there are none. */
    CompletionStage<@Nullable ResultMeta> find(ResultId id);

    /** Sealed bytes, exactly so many from the offset on; fails with {@code CORRUPT} where they are not all there. */
    CompletionStage<byte[]> read(ResultId id, long offset, int length);

    /** Gives up what it holds, and keeps what it stored. */
    @Override
    void close();
}
