package dev.ringback.gateway.results;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Uploaded bytes in this process, each upload on the loop of its job's shard. Gone when the process ends. */
public final class MemoryResultStore implements ResultStore {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryResultStore.class);
    /** What an upload costs beside its bytes, about. */
    private static final int OVERHEAD_BYTES = 512;

    /**
     * What bounds the store.
     *
     * @param maxBytes of all uploads together
     * @param unsealedLife how long an upload is kept after its last piece, until it is sealed
     */
    public record Bounds(long maxBytes, Duration unsealedLife) {}

    private record ShardResults(Loop loop, Map<ResultId, Held> held) {}

    private final List<ShardResults> shards = new ArrayList<>();
    private final ToIntFunction<JobId> shardOf;
    private final Bounds bounds;
    private final InstantSource clock;
    private final AtomicLong bytes = new AtomicLong();

    public MemoryResultStore(
            List<? extends Loop> shardLoops, ToIntFunction<JobId> shardOf, Bounds bounds, InstantSource clock) {
        shardLoops.forEach(loop -> shards.add(new ShardResults(loop, new HashMap<>())));
        this.shardOf = shardOf;
        this.bounds = bounds;
        this.clock = clock;
    }

    /** One upload, which waits for its own end. Confined to the shard's loop. */
    private final class Held extends LoopTicker.Deadline {
        private final ShardResults shard;
        private final ResultId id;
        /** By their offsets. */
        private final TreeMap<Long, byte[]> pieces = new TreeMap<>();

        private long length;
        private @Nullable ResultMeta meta;

        private Held(ShardResults shard, ResultId id) {
            this.shard = shard;
            this.id = id;
        }

        private void live(Duration life) {
            shard.loop().ticker().set(this, shard.loop().nanoTime(), life.toNanos());
        }

        @Override
        protected void onDeadline() {
            drop(shard, id);
        }
    }

    @Override
    public CompletionStage<Void> append(ResultId id, long offset, byte[] piece) {
        return onShard(id, shard -> {
            Held held = offset == 0 ? begin(shard, id) : shard.held().get(id);
            if (held == null || held.length != offset || held.meta != null) {
                throw lost();
            }
            take(piece.length);
            held.pieces.put(offset, piece);
            held.length += piece.length;
            held.live(bounds.unsealedLife());
            return null;
        });
    }

    private Held begin(ShardResults shard, ResultId id) {
        take(OVERHEAD_BYTES);
        Held held = new Held(shard, id);
        if (shard.held().putIfAbsent(id, held) != null) {
            throw new IllegalStateException("an upload begins twice");
        }
        held.live(bounds.unsealedLife());
        return held;
    }

    private void take(int more) {
        if (bytes.addAndGet(more) > bounds.maxBytes()) {
            bytes.addAndGet(-more);
            throw new StoreException(
                    Kind.FULL, "no room for more results: results.memory-bytes = " + bounds.maxBytes());
        }
    }

    @Override
    public CompletionStage<Void> seal(ResultId id, ResultMeta meta, Duration life) {
        return onShard(id, shard -> {
            Held held = meta.length() == 0 ? begin(shard, id) : shard.held().get(id);
            if (held == null || held.length != meta.length()) {
                throw lost();
            }
            held.meta = meta;
            held.live(life);
            return null;
        });
    }

    @Override
    public CompletionStage<Void> keepUntil(ResultId id, long epochMillis) {
        return onShard(id, shard -> {
            Held held = shard.held().get(id);
            if (held != null) {
                held.live(Duration.ofMillis(Math.max(0, epochMillis - clock.millis())));
            }
            return null;
        });
    }

    @Override
    public void remove(ResultId id) {
        var unused = onShard(id, shard -> {
            drop(shard, id);
            return null;
        });
    }

    private void drop(ShardResults shard, ResultId id) {
        Held held = shard.held().remove(id);
        if (held != null) {
            shard.loop().ticker().clear(held);
            bytes.addAndGet(-held.length - OVERHEAD_BYTES);
        }
    }

    @Override
    public CompletionStage<@Nullable ResultMeta> find(ResultId id) {
        return onShard(id, shard -> {
            Held held = shard.held().get(id);
            return held == null ? null : held.meta;
        });
    }

    @Override
    public CompletionStage<byte[]> read(ResultId id, long offset, int length) {
        return onShard(id, shard -> {
            Held held = shard.held().get(id);
            if (held == null || held.meta == null || offset + length > held.length) {
                throw new StoreException(Kind.CORRUPT, "the result's bytes are not all there");
            }
            return copy(held, offset, length);
        });
    }

    private static byte[] copy(Held held, long offset, int length) {
        byte[] out = new byte[length];
        int copied = 0;
        while (copied < length) {
            Map.Entry<Long, byte[]> piece = held.pieces.floorEntry(offset + copied);
            int from = (int) (offset + copied - piece.getKey());
            int count = Math.min(piece.getValue().length - from, length - copied);
            System.arraycopy(piece.getValue(), from, out, copied, count);
            copied += count;
        }
        return out;
    }

    /** Bytes that it holds. */
    public long bytes() {
        return bytes.get();
    }

    @Override
    public void close() {
        // What it holds ends with the process.
    }

    private static StoreException lost() {
        return new StoreException(Kind.UNAVAILABLE, "what was uploaded before is no longer there");
    }

    /** One step on the job's shard. */
    private interface Step<T> {
        @Nullable T on(ShardResults shard);
    }

    private <T> CompletionStage<T> onShard(ResultId id, Step<T> step) {
        ShardResults shard = shards.get(shardOf.applyAsInt(id.job()));
        CompletableFuture<T> answer = new CompletableFuture<>();
        shard.loop().run(() -> {
            try {
                answer.complete(step.on(shard));
            } catch (StoreException e) {
                answer.completeExceptionally(e);
            } catch (RuntimeException bug) {
                LOG.error("a step on a result of job {} failed", id.job(), bug);
                answer.completeExceptionally(new StoreException(Kind.CORRUPT, "the gateway's log has the details"));
            }
        });
        return answer;
    }
}
