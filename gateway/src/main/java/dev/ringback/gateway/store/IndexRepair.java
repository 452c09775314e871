package dev.ringback.gateway.store;

import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.protocol.JobId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Makes the indexes of jobs agree with the records, which are the truth: goes through all keys of Redis, adds the jobs that an index
 * lacks, and takes out of each index that it meets the jobs that are gone. So an index that was deleted is whole again after one pass,
 * and none has more than the jobs that are kept. Confined to the loop of the keeper's shard.
 */
final class IndexRepair {
    private static final byte[] BEGIN = {'0'};

    private final RedisShardClient client;
    private final IndexWrites writes;
    private final OverdueJobs overdue;
    private final RedisCounters counters;
    private byte[] cursor = BEGIN;
    /** Indexes that were met and are to be gone through before any more keys are looked for. */
    private final Deque<RedisJobIndex> met = new ArrayDeque<>();
    /** How many of the first index's members were looked at and kept. */
    private long rank;

    IndexRepair(RedisShardClient client, IndexWrites writes, OverdueJobs overdue, RedisCounters counters) {
        this.client = client;
        this.writes = writes;
        this.overdue = overdue;
        this.counters = counters;
    }

    /** Looks at about so many keys or members more: whether that was the end of a pass. */
    CompletableFuture<Boolean> step(int count) {
        RedisJobIndex index = met.peek();
        return index == null ? scan(count) : goThrough(index, count).thenApply(done -> false);
    }

    private record Records(List<byte[]> keys, byte[] next, Map<JobId, RecordHead> heads, long nowMillis) {}

    private CompletableFuture<Boolean> scan(int count) {
        CompletableFuture<Records> reading = client.call(() -> client.timeMillis()
                .thenCompose(now -> client.index()
                        .scan(cursor, count)
                        .thenCompose(scan -> RecordHead.read(client, jobs(scan.keys()))
                                .thenApply(heads -> new Records(scan.keys(), scan.cursor(), heads, now)))));
        return reading.thenCompose(this::repair);
    }

    private static List<JobId> jobs(List<byte[]> keys) {
        return keys.stream()
                .map(ByteBuffer::wrap)
                .map(JobId::fromChannel)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    private CompletableFuture<Boolean> repair(Records records) {
        List<IndexWrites.Entry> entries = new ArrayList<>();
        List<CompletableFuture<Boolean>> ends = new ArrayList<>();
        records.heads.forEach((id, head) -> {
            if (RedisJobIndex.ALL.hasRoomFor(head, records.nowMillis)) {
                entries.add(new IndexWrites.Entry(new JobPlace(head.created(), id), head.owner()));
            }
            if (head.isOverdue(records.nowMillis, overdue.maxAgeMillis())) {
                ends.add(overdue.end(id));
            }
        });
        for (byte[] key : records.keys) {
            RedisJobIndex index = RedisJobIndex.ofKey(key);
            if (index != null) {
                met.add(index);
            }
        }
        boolean isEnd = records.next.length == 1 && records.next[0] == '0';
        cursor = records.next;
        if (isEnd) {
            counters.indexPasses.increment();
        }
        return client.call(() -> writes.put(entries))
                .thenAccept(counters.indexEntriesRepaired::add)
                .thenCombine(
                        CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)), (written, ended) -> isEnd)
                .thenApplyAsync(end -> end, client.loop());
    }

    private CompletableFuture<Void> goThrough(RedisJobIndex index, int count) {
        CompletableFuture<Void> done = client.call(() -> client.timeMillis()
                .thenCompose(now -> index.ranked(client.index(), rank, count)
                        .thenCompose(part -> RecordHead.read(client, part.ids()).thenAccept(heads -> {
                            if (!index.equals(met.peek())) {
                                // It took too long, and another index's turn has come.
                                return;
                            }
                            List<JobId> gone = part.goneFrom(index, heads, now);
                            writes.drop(index, gone);
                            rank += part.places().size() - gone.size();
                            if (part.last()) {
                                leave();
                            }
                        }))));
        return done.exceptionally(failure -> {
            leave();
            return null;
        });
    }

    /** What is wrong with an index that can't be read is for the next pass. */
    private void leave() {
        met.poll();
        rank = 0;
    }
}
