package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.redis.RedisFailure;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.RedisKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a job's record in Redis says beside the document: enough to know whether an index is right about it.
 *
 * @param created when the job was made, in milliseconds since the epoch
 * @param expires when it expires; 0 where it has not ended
 */
record RecordHead(
        @Nullable String owner,
        long created,
        long expires,
        JobState state,
        @Nullable String type) {
    /** Records that are asked for at once: many jobs must not crowd out other commands. */
    private static final int AT_ONCE = 64;

    private static final List<byte[]> NAMES = Stream.of("owner", "created", "expires", "status", "type")
            .map(name -> name.getBytes(ISO_8859_1))
            .toList();

    /** The heads of these jobs' records; those that have none, or an unreadable one, are not in it. */
    static CompletableFuture<Map<JobId, RecordHead>> read(RedisShardClient client, List<JobId> ids) {
        return read(client, ids, 0, new LinkedHashMap<>());
    }

    private static CompletableFuture<Map<JobId, RecordHead>> read(
            RedisShardClient client, List<JobId> ids, int from, Map<JobId, RecordHead> heads) {
        if (from >= ids.size()) {
            return CompletableFuture.completedFuture(heads);
        }
        List<CompletableFuture<Void>> reads = new ArrayList<>();
        int to = Math.min(ids.size(), from + AT_ONCE);
        for (JobId id : ids.subList(from, to)) {
            reads.add(client.fields(RedisKeys.record(id), NAMES)
                    .exceptionally(RecordHead::nothing)
                    .thenAccept(values -> {
                        RecordHead head = of(values);
                        if (head != null) {
                            heads.put(id, head);
                        }
                    }));
        }
        return CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
                .thenCompose(done -> read(client, ids, to, heads));
    }

    /** Under a job's key is something else than a record. */
    private static byte[] @Nullable [] nothing(Throwable failure) {
        if (RedisFailure.causeOf(failure) instanceof RedisFailure redis
                && redis.code().equals("WRONGTYPE")) {
            return new byte[NAMES.size()][];
        }
        throw RedisFailure.causeOf(failure) instanceof RuntimeException known
                ? known
                : new IllegalStateException(failure);
    }

    private static @Nullable RecordHead of(byte[] @Nullable [] values) {
        JobState state = JobState.parse(text(values[3]));
        String created = text(values[1]);
        if (state == null || created.isEmpty()) {
            return null;
        }
        try {
            String expires = text(values[2]);
            return new RecordHead(
                    orNull(text(values[0])),
                    Long.parseLong(created),
                    expires.isEmpty() ? 0 : Long.parseLong(expires),
                    state,
                    orNull(text(values[4])));
        } catch (NumberFormatException damaged) {
            return null;
        }
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, UTF_8);
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    boolean isExpired(long nowMillis) {
        return expires != 0 && nowMillis >= expires;
    }

    /** Whether the job should have ended by now. */
    boolean isOverdue(long nowMillis, long maxAgeMillis) {
        return !state.isTerminal() && nowMillis - created >= maxAgeMillis;
    }
}
