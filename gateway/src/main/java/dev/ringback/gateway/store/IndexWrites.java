package dev.ringback.gateway.store;

import dev.ringback.gateway.redis.IndexCommands.Scored;
import dev.ringback.gateway.redis.LogLimit;
import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one shard writes into the indexes of jobs. Nobody waits for it: the jobs of one burst of the loop share a command, and what
 * fails is counted and made up for by {@link IndexRepair}. Confined to the shard's loop.
 */
final class IndexWrites {
    private static final Logger LOG = LoggerFactory.getLogger(IndexWrites.class);
    /** Members of one command, which Redis serves without a break. */
    private static final int AT_ONCE = 256;

    /**
     * A job that belongs into the index of all jobs and its owner's.
     *
     * @param owner null for nobody's job
     */
    record Entry(JobPlace place, @Nullable String owner) {}

    private final RedisShardClient client;
    private final RedisCounters counters;
    private final LogLimit failureLog;
    private List<Entry> waiting = new ArrayList<>();

    IndexWrites(RedisShardClient client, RedisCounters counters, LogLimit failureLog) {
        this.client = client;
        this.counters = counters;
        this.failureLog = failureLog;
    }

    /** Adds a job at the end of this burst. */
    void add(Entry entry) {
        assert client.loop().inLoop();
        if (waiting.isEmpty()) {
            client.loop().execute(this::flush);
        }
        waiting.add(entry);
        if (waiting.size() >= AT_ONCE) {
            flush();
        }
    }

    private void flush() {
        List<Entry> entries = waiting;
        waiting = new ArrayList<>();
        if (!entries.isEmpty()) {
            var unused = put(entries);
        }
    }

    /** Adds jobs, or moves them to their right place: how many entries were new or wrong. Never fails. */
    CompletableFuture<Long> put(List<Entry> entries) {
        Map<String, List<Scored>> owned = new LinkedHashMap<>();
        List<Scored> all = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            Scored member = RedisJobIndex.member(entry.place());
            all.add(member);
            if (entry.owner() != null) {
                owned.computeIfAbsent(entry.owner(), owner -> new ArrayList<>()).add(member);
            }
        }
        CompletableFuture<Long> changed = put(RedisJobIndex.ALL, all);
        for (Map.Entry<String, List<Scored>> of : owned.entrySet()) {
            changed = changed.thenCombine(put(RedisJobIndex.of(of.getKey()), of.getValue()), Long::sum);
        }
        return changed;
    }

    private CompletableFuture<Long> put(RedisJobIndex index, List<Scored> members) {
        if (members.isEmpty()) {
            return CompletableFuture.completedFuture(0L);
        }
        return client.index().put(index.key(), members).exceptionally(this::failed);
    }

    /** Takes jobs out of one index. */
    void drop(RedisJobIndex index, List<JobId> ids) {
        if (ids.isEmpty()) {
            return;
        }
        List<byte[]> members = ids.stream().map(RedisJobIndex::member).toList();
        var unused = client.index()
                .remove(index.key(), members)
                .exceptionally(this::failed)
                .thenAccept(counters.indexEntriesDropped::add);
    }

    private Long failed(Throwable failure) {
        counters.indexWritesFailed.increment();
        if (failureLog.permits(client.loop().nanoTime())) {
            LOG.warn("an index of jobs was not written, which its repair makes up for: {}", failure.getMessage());
        }
        return 0L;
    }
}
