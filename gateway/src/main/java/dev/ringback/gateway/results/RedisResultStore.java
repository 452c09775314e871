package dev.ringback.gateway.results;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.gateway.store.StoreFailures;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.RedisKeys;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Uploaded bytes in Redis, in the slot of their job: one value that grows by {@code APPEND}, and beside it what it is. Each append is
 * answered with the value's length, which tells where Redis has lost what came before. What replicas must have before a job is
 * acknowledged, they have of its bytes too: those were written before, and replication keeps the order.
 */
public final class RedisResultStore implements ResultStore {
    private final List<RedisShardClient> shards;
    private final ToIntFunction<JobId> shardOf;
    private final long unsealedMillis;

    /**
     * @param shards in the order of the shards' numbers; not closed with this
     * @param unsealedLife how long an upload is kept after its last piece, until it is sealed
     */
    public RedisResultStore(List<RedisShardClient> shards, ToIntFunction<JobId> shardOf, Duration unsealedLife) {
        this.shards = List.copyOf(shards);
        this.shardOf = shardOf;
        this.unsealedMillis = unsealedLife.toMillis();
    }

    @Override
    public CompletionStage<Void> append(ResultId id, long offset, byte[] piece) {
        RedisShardClient shard = shard(id);
        byte[] key = bytesKey(id);
        if (offset == 0) {
            // With its time to live in one command: what is broken off between two would stay for ever.
            return answer(shard.call(() -> shard.blobs().set(key, piece, unsealedMillis)));
        }
        return answer(shard.call(() -> {
            CompletableFuture<Boolean> renewed = shard.blobs().expireAfter(key, unsealedMillis);
            CompletableFuture<Long> length = shard.blobs().append(key, piece);
            return length.thenCombine(renewed, (found, there) -> require(found == offset + piece.length && there));
        }));
    }

    @Override
    public CompletionStage<Void> seal(ResultId id, ResultMeta meta, Duration life) {
        RedisShardClient shard = shard(id);
        byte[] about = meta.text().getBytes(ISO_8859_1);
        return answer(shard.call(() -> shard.blobs()
                .expireAfter(bytesKey(id), life.toMillis())
                .thenCompose(there -> hasLastByte(shard, id, meta.length()))
                .thenApply(RedisResultStore::require)
                .thenCompose(kept -> shard.blobs().set(aboutKey(id), about, life.toMillis()))));
    }

    /** A failover between the last piece and now may have taken its end away. */
    private static CompletableFuture<Boolean> hasLastByte(RedisShardClient shard, ResultId id, long length) {
        return length == 0
                ? CompletableFuture.completedFuture(true)
                : shard.blobs().range(bytesKey(id), length - 1, length - 1).thenApply(last -> last.length == 1);
    }

    private static @Nullable Void require(boolean whole) {
        if (!whole) {
            throw new StoreException(Kind.UNAVAILABLE, "what was uploaded before is no longer there");
        }
        return null;
    }

    @Override
    public CompletionStage<Void> keepUntil(ResultId id, long epochMillis) {
        RedisShardClient shard = shard(id);
        return answer(shard.call(() -> {
            CompletableFuture<Boolean> bytes = shard.blobs().expireAt(bytesKey(id), epochMillis);
            CompletableFuture<Boolean> about = shard.blobs().expireAt(aboutKey(id), epochMillis);
            return bytes.thenCombine(about, (there, thereToo) -> null);
        }));
    }

    @Override
    public void remove(ResultId id) {
        RedisShardClient shard = shard(id);
        var unused = shard.call(() -> shard.blobs().remove(List.of(aboutKey(id), bytesKey(id))));
    }

    @Override
    public CompletionStage<@Nullable ResultMeta> find(ResultId id) {
        RedisShardClient shard = shard(id);
        return answer(shard.call(() -> shard.get(aboutKey(id)).thenApply(RedisResultStore::about)));
    }

    private static @Nullable ResultMeta about(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        ResultMeta meta = ResultMeta.parse(new String(value, ISO_8859_1));
        if (meta == null) {
            throw new StoreException(Kind.CORRUPT, "Redis has something else where a result's description belongs");
        }
        return meta;
    }

    @Override
    public CompletionStage<byte[]> read(ResultId id, long offset, int length) {
        if (length == 0) {
            return CompletableFuture.completedFuture(new byte[0]);
        }
        RedisShardClient shard = shard(id);
        return answer(shard.call(() -> shard.blobs()
                .range(bytesKey(id), offset, offset + length - 1)
                .thenApply(bytes -> {
                    if (bytes.length != length) {
                        throw new StoreException(Kind.CORRUPT, "the result's bytes are not all there");
                    }
                    return bytes;
                })));
    }

    @Override
    public void close() {
        // The connections are the job store's.
    }

    private static byte[] bytesKey(ResultId id) {
        return RedisKeys.uploadBytes(id.job(), id.upload());
    }

    private static byte[] aboutKey(ResultId id) {
        return RedisKeys.uploadAbout(id.job(), id.upload());
    }

    private RedisShardClient shard(ResultId id) {
        return shards.get(shardOf.applyAsInt(id.job()));
    }

    private static <T extends @Nullable Object> CompletionStage<T> answer(CompletableFuture<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        var unused = call.whenComplete((value, failure) -> {
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(StoreFailures.of(failure, false));
            }
        });
        return answer;
    }
}
