package dev.ringback.gateway.store;

import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, on its way: goes down an index, looks at each job's record, and reads the documents of those that are
 * wanted. What the index has wrong is put right. Confined to the loop of the shard whose connection it uses.
 */
final class RedisJobList {
    /** Records that one page looks at; about, for it ends with the batch that reaches it. */
    private static final int MOST_LOOKED_AT = 1_000;

    private static final int BATCH = 64;

    private final RedisShardClient client;
    private final IndexWrites writes;
    private final JobQuery query;
    private final RedisJobIndex index;
    private final Function<JobId, CompletableFuture<StoreRead>> reader;
    private final List<JobSnapshot> found = new ArrayList<>();
    private int lookedAt;

    /**
     * @param reader reads a job over the same connection
     */
    RedisJobList(
            RedisShardClient client,
            IndexWrites writes,
            JobQuery query,
            Function<JobId, CompletableFuture<StoreRead>> reader) {
        this.client = client;
        this.writes = writes;
        this.query = query;
        this.index = RedisJobIndex.of(query.owner());
        this.reader = reader;
    }

    CompletableFuture<JobPage> page() {
        return client.timeMillis().thenCompose(now -> pageFrom(query.after(), now));
    }

    private CompletableFuture<JobPage> pageFrom(@Nullable JobPlace after, long nowMillis) {
        return index.newest(client.index(), after, BATCH)
                .thenCompose(
                        part -> RecordHead.read(client, part.ids()).thenCompose(heads -> goOn(part, heads, nowMillis)));
    }

    private CompletableFuture<JobPage> goOn(RedisJobIndex.Part part, Map<JobId, RecordHead> heads, long nowMillis) {
        writes.drop(index, part.goneFrom(index, heads, nowMillis));
        List<JobId> wanted = new ArrayList<>();
        JobPlace reached = null;
        for (JobPlace place : part.places()) {
            if (found.size() + wanted.size() == query.limit()) {
                break;
            }
            reached = place;
            lookedAt++;
            RecordHead head = heads.get(place.id());
            if (head != null && index.hasRoomFor(head, nowMillis) && isInPlace(place, head) && isWanted(head)) {
                wanted.add(place.id());
            }
        }
        JobPlace end = reached;
        boolean isLast = part.last() && (end == null || end.equals(lastOf(part)));
        return documents(wanted)
                .thenCompose(done -> isLast || found.size() >= query.limit() || lookedAt >= MOST_LOOKED_AT
                        ? CompletableFuture.completedFuture(new JobPage(found, isLast ? null : end))
                        : pageFrom(end, nowMillis));
    }

    private static JobPlace lastOf(RedisJobIndex.Part part) {
        return part.places().get(part.places().size() - 1);
    }

    /** A job that was made anew under its id has another place now. */
    private boolean isInPlace(JobPlace place, RecordHead head) {
        if (head.created() == place.createdMillis()) {
            return true;
        }
        var unused = writes.put(List.of(new IndexWrites.Entry(new JobPlace(head.created(), place.id()), head.owner())));
        return false;
    }

    private boolean isWanted(RecordHead head) {
        boolean stateFits = query.states().isEmpty() || query.states().contains(head.state());
        return stateFits && (query.type() == null || query.type().equals(head.type()));
    }

    /** Reads the jobs and adds those that are still wanted, in their order. */
    private CompletableFuture<Void> documents(List<JobId> ids) {
        List<CompletableFuture<StoreRead>> reads = ids.stream()
                .map(id -> reader.apply(id).exceptionally(RedisJobList::unreadable))
                .toList();
        return CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
                .thenAccept(done -> reads.stream()
                        .map(CompletableFuture::join)
                        .map(StoreRead::snapshot)
                        .filter(this::isStillWanted)
                        .map(Objects::requireNonNull)
                        .forEach(found::add));
    }

    private boolean isStillWanted(@Nullable JobSnapshot job) {
        if (job == null || query.owner() != null && !query.owner().equals(job.owner())) {
            return false;
        }
        return query.states().isEmpty() || query.states().contains(job.present().state());
    }

    /** One damaged record must not hide all other jobs. */
    private static StoreRead unreadable(Throwable failure) {
        StoreException known = StoreFailures.of(failure, false);
        if (known.kind() != StoreException.Kind.CORRUPT) {
            throw known;
        }
        return StoreRead.ABSENT;
    }
}
