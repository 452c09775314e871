package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.redis.LogLimit;
import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.RedisKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fails the jobs that have not ended within {@code jobs.max-age}. It goes up the index of all jobs, at the distance of that age, and
 * so looks at each job once; how far it has come is kept in Redis for whoever goes on. Confined to the loop of the keeper's shard.
 */
final class OverdueJobs {
    private static final Logger LOG = LoggerFactory.getLogger(OverdueJobs.class);
    private static final JobStore.Origin KEEPER = new JobStore.Origin(null, false, null);
    private static final int BATCH = 64;

    private final RedisShardClient client;
    private final JobStore store;
    private final RedisCounters counters;
    private final long maxAgeMillis;
    private final LogLimit failureLog;
    /** Up to here all jobs were looked at; null for none. */
    private @Nullable JobPlace reached;

    OverdueJobs(RedisShardClient client, JobStore store, RedisCounters counters, long maxAgeMillis) {
        this.client = client;
        this.store = store;
        this.counters = counters;
        this.maxAgeMillis = maxAgeMillis;
        this.failureLog = new LogLimit(client.loop().nanoTime(), 10);
    }

    long maxAgeMillis() {
        return maxAgeMillis;
    }

    /** Begins where the keeper before has stopped. */
    CompletableFuture<Void> resume() {
        return client.call(() -> client.get(RedisKeys.kept())).thenAccept(kept -> reached = place(kept));
    }

    private record Found(RedisJobIndex.Part part, Map<JobId, RecordHead> heads, long nowMillis) {}

    /** Looks at a few jobs more: whether there may be others that are due. */
    CompletableFuture<Boolean> step() {
        CompletableFuture<Found> finding = client.call(() -> client.timeMillis()
                .thenCompose(now -> RedisJobIndex.ALL
                        .oldest(client.index(), reached, now - maxAgeMillis, BATCH)
                        .thenCompose(part ->
                                RecordHead.read(client, part.ids()).thenApply(heads -> new Found(part, heads, now)))));
        return finding.thenCompose(this::endThoseOf);
    }

    private CompletableFuture<Boolean> endThoseOf(Found found) {
        List<JobPlace> places = found.part.places();
        if (places.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        List<CompletableFuture<Boolean>> ends = new ArrayList<>();
        for (JobPlace place : places) {
            RecordHead head = found.heads.get(place.id());
            boolean overdue = head != null && head.isOverdue(found.nowMillis, maxAgeMillis);
            ends.add(overdue ? end(place.id()) : CompletableFuture.completedFuture(true));
        }
        return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                .thenComposeAsync(done -> settle(found.part, ends), client.loop());
    }

    /** A job that could not be ended is tried again, and so are those after it, which does no harm. */
    private CompletableFuture<Boolean> settle(RedisJobIndex.Part part, List<CompletableFuture<Boolean>> ends) {
        int settled = 0;
        while (settled < ends.size() && ends.get(settled).join()) {
            settled++;
        }
        if (settled == 0) {
            return CompletableFuture.completedFuture(false);
        }
        JobPlace place = part.places().get(settled - 1);
        reached = place;
        boolean more = settled == ends.size() && !part.last();
        return client.call(() -> client.index().set(RedisKeys.kept(), bytes(place)))
                .thenApply(done -> more);
    }

    /** Fails one job; whether it need not be looked at again. */
    CompletableFuture<Boolean> end(JobId id) {
        CompletionStage<StoreWrite> write = store.apply(id, JobChange.expired(), KEEPER);
        return write.handle((done, failure) -> {
                    if (failure != null) {
                        return isHopeless(id, failure);
                    }
                    if (done.outcome() == StoreWrite.Outcome.APPLIED) {
                        counters.jobsExpired.increment();
                    }
                    return true;
                })
                .toCompletableFuture();
    }

    private boolean isHopeless(JobId id, Throwable failure) {
        StoreException known = StoreException.of(failure);
        if (failureLog.permits(client.loop().nanoTime())) {
            LOG.warn("job {} is older than jobs.max-age and could not be ended: {}", id, known.detail());
        }
        return known.kind() == StoreException.Kind.CORRUPT;
    }

    private static byte[] bytes(JobPlace place) {
        return (place.createdMillis() + " " + place.id()).getBytes(ISO_8859_1);
    }

    private static @Nullable JobPlace place(byte @Nullable [] kept) {
        String[] parts = kept == null ? new String[0] : new String(kept, ISO_8859_1).split(" ", -1);
        JobId id = parts.length == 2 ? JobId.parse(parts[1]) : null;
        return id != null && parts[0].matches("\\d{1,15}") ? new JobPlace(Long.parseLong(parts[0]), id) : null;
    }
}
