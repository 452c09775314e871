package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.redis.IndexCommands;
import dev.ringback.gateway.redis.IndexCommands.Scored;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.RedisKeys;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A sorted set in Redis with the places of jobs: of all jobs, or of one owner's. It is written after the job's record, and so may
 * lack a job, or have one that is gone: whoever reads it looks at the records too.
 *
 * @param owner whose jobs; null for everybody's
 */
record RedisJobIndex(byte[] key, @Nullable String owner) {
    static final RedisJobIndex ALL = new RedisJobIndex(RedisKeys.allJobs(), null);

    /**
     * Part of an index.
     *
     * @param last whether nothing comes after it
     */
    record Part(List<JobPlace> places, boolean last) {
        List<JobId> ids() {
            return places.stream().map(JobPlace::id).toList();
        }

        /** The places whose jobs are not there any more, or not there. */
        List<JobId> goneFrom(RedisJobIndex index, Map<JobId, RecordHead> heads, long nowMillis) {
            return ids().stream()
                    .filter(id -> !index.hasRoomFor(heads.get(id), nowMillis))
                    .toList();
        }
    }

    /** Asks for members in a known order, from an offset on. */
    private interface Source {
        CompletableFuture<List<Scored>> read(long offset);
    }

    static RedisJobIndex of(@Nullable String owner) {
        return owner == null ? ALL : new RedisJobIndex(RedisKeys.jobsOf(owner), owner);
    }

    /** The index that has this key; null where it is no index's. */
    static @Nullable RedisJobIndex ofKey(byte[] key) {
        String owner = RedisKeys.ownerOf(key);
        if (owner != null) {
            return new RedisJobIndex(key, owner);
        }
        return java.util.Arrays.equals(key, ALL.key) ? ALL : null;
    }

    /** Whether a job with this record belongs into the index. */
    boolean hasRoomFor(@Nullable RecordHead head, long nowMillis) {
        return head != null && !head.isExpired(nowMillis) && (owner == null || owner.equals(head.owner()));
    }

    /** Places after this one, the newest first; null for the first ones. */
    CompletableFuture<Part> newest(IndexCommands commands, @Nullable JobPlace after, int count) {
        Long from = after == null ? null : Long.valueOf(after.createdMillis());
        Source source = offset -> commands.descending(key, from, offset, count);
        return part(source, 0, count, after, 1);
    }

    /** Places newer than this one, the oldest first, but none made later than a time; null for the first ones. */
    CompletableFuture<Part> oldest(IndexCommands commands, @Nullable JobPlace after, long untilMillis, int count) {
        Long from = after == null ? null : Long.valueOf(after.createdMillis());
        Source source = offset -> commands.ascending(key, from, untilMillis, offset, count);
        return part(source, 0, count, after, -1);
    }

    /** Those of the same millisecond come again with the first part, and are passed over: by more parts where there are many. */
    private static CompletableFuture<Part> part(
            Source source, long offset, int count, @Nullable JobPlace after, int direction) {
        return source.read(offset).thenCompose(members -> {
            boolean last = members.size() < count;
            List<JobPlace> places = places(members).stream()
                    .filter(place -> after == null || place.compareTo(after) * direction > 0)
                    .toList();
            return places.isEmpty() && !last
                    ? part(source, offset + count, count, after, direction)
                    : CompletableFuture.completedFuture(new Part(places, last));
        });
    }

    /** Places by their rank, the oldest first. */
    CompletableFuture<Part> ranked(IndexCommands commands, long from, int count) {
        return commands.ranked(key, from, count)
                .thenApply(members -> new Part(places(members), members.size() < count));
    }

    /** What someone else wrote into the set is passed over. */
    private static List<JobPlace> places(List<Scored> members) {
        return members.stream()
                .map(RedisJobIndex::place)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    private static @Nullable JobPlace place(Scored scored) {
        JobId id = JobId.parse(new String(scored.member(), ISO_8859_1));
        try {
            return id == null ? null : new JobPlace(Long.parseLong(scored.score()), id);
        } catch (NumberFormatException foreign) {
            return null;
        }
    }

    static Scored member(JobPlace place) {
        return new Scored(member(place.id()), Long.toString(place.createdMillis()));
    }

    static byte[] member(JobId id) {
        return id.toString().getBytes(ISO_8859_1);
    }
}
