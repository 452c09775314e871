package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Everyone who waits, sharded by job id. Any thread may call; the work happens on the shards' loops. */
public final class Hub {
    private final List<Shard> shards;

    public Hub(List<Shard> shards) {
        this.shards = List.copyOf(shards);
    }

    /** The shard that a job falls to, among so many. */
    public static int shardOf(JobId id, int shards) {
        return Math.floorMod(id.hashCode(), shards);
    }

    /** When clients that poll should ask again. */
    public Hints hints() {
        return shards.get(0).hints();
    }

    /** Begins to listen to the relays. */
    public void start() {
        for (Shard shard : shards) {
            shard.loop().run(shard::start);
        }
    }

    /**
     * Subscribes; the first answer follows on the subscriber's loop, never from inside this call.
     *
     * @param seen how far the client has followed the job, here or through another gateway: its answer is never older than
     *     that, unless the store went back; null for not at all
     */
    public void subscribe(JobId id, Subscriber subscriber, @Nullable Cursor seen) {
        Shard shard = shardFor(id);
        shard.loop().run(() -> shard.subscribe(id, subscriber, seen));
    }

    /** Ends a subscription; harmless where it has ended by itself. */
    public void unsubscribe(JobId id, Subscriber subscriber) {
        Shard shard = shardFor(id);
        shard.loop().run(() -> shard.unsubscribe(id, subscriber));
    }

    /** Reads a job's state from the store, not from what is cached; completes on the loop given. */
    public CompletionStage<StoreRead> read(JobId id, Loop answerOn) {
        Shard shard = shardFor(id);
        CompletableFuture<StoreRead> answer = new CompletableFuture<>();
        shard.loop()
                .run(() -> shard.read(id)
                        .whenComplete((read, failure) -> answerOn.run(() -> {
                            if (failure != null) {
                                answer.completeExceptionally(failure);
                            } else {
                                answer.complete(read);
                            }
                        })));
        return answer;
    }

    /** The shards, whose counts are read on their loops. */
    public List<Shard> shards() {
        return shards;
    }

    /** What all shards have of something together; each is asked on its loop. */
    public CompletableFuture<Long> sum(ToLongFunction<Shard> count) {
        CompletableFuture<Long> sum = CompletableFuture.completedFuture(0L);
        for (Shard shard : shards) {
            CompletableFuture<Long> counted =
                    CompletableFuture.supplyAsync(() -> count.applyAsLong(shard), shard.loop());
            sum = sum.thenCombine(counted, Long::sum);
        }
        return sum;
    }

    private Shard shardFor(JobId id) {
        return shards.get(shardOf(id, shards.size()));
    }
}
