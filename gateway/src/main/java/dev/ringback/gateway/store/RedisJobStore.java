package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.redis.LogLimit;
import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEventReader;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.RedisKeys;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs in Redis, shared by any number of gateways and workers: each change is one run of the apply script, each read one
 * {@code HMGET}, and a {@code TIME} where the job has ended, because Redis's clock decides whether it has expired.
 */
public final class RedisJobStore implements JobStore {
    private static final Logger LOG = LoggerFactory.getLogger(RedisJobStore.class);
    private static final List<byte[]> DOCUMENT_OWNER_EXPIRES =
            List.of("doc".getBytes(ISO_8859_1), "owner".getBytes(ISO_8859_1), "expires".getBytes(ISO_8859_1));

    private final List<RedisShardClient> shards;
    private final ToIntFunction<JobId> shardOf;
    private final ScriptArguments arguments;
    private final RedisCounters counters;
    private final LogLimit replacedLog = new LogLimit(System.nanoTime(), 10);

    /**
     * @param shards in the order of the shards' numbers; closed with the store
     */
    public RedisJobStore(
            List<RedisShardClient> shards, ToIntFunction<JobId> shardOf, GatewayConfig config, RedisCounters counters) {
        this.shards = List.copyOf(shards);
        this.shardOf = shardOf;
        this.arguments = new ScriptArguments(config);
        this.counters = counters;
    }

    @Override
    public CompletionStage<StoreRead> read(JobId id) {
        RedisShardClient shard = shard(id);
        return answer(
                shard.call(() -> shard.fields(RedisKeys.record(id), DOCUMENT_OWNER_EXPIRES)
                        .thenCompose(fields -> found(shard, id, fields))),
                false);
    }

    private CompletableFuture<StoreRead> found(RedisShardClient shard, JobId id, byte[] @Nullable [] fields) {
        byte[] document = fields[0];
        byte[] expires = fields[2];
        if (document == null) {
            return CompletableFuture.completedFuture(StoreRead.ABSENT);
        }
        if (expires == null || expires.length == 0) {
            return snapshot(shard, id, document, fields[1]).thenApply(StoreRead::found);
        }
        long expiresMillis = millis(id, expires);
        return shard.timeMillis()
                .thenCompose(now -> now >= expiresMillis
                        ? CompletableFuture.completedFuture(StoreRead.expired(owner(fields[1])))
                        : snapshot(shard, id, document, fields[1]).thenApply(StoreRead::found));
    }

    @Override
    public CompletionStage<byte @Nullable []> result(JobId id) {
        RedisShardClient shard = shard(id);
        return answer(shard.call(() -> shard.get(RedisKeys.result(id))), false);
    }

    @Override
    public CompletionStage<StoreWrite> create(JobId id, NewJob job, Submission submission) {
        return write(id, arguments.create(job, submission));
    }

    @Override
    public CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin origin) {
        return write(id, arguments.apply(change, origin));
    }

    private CompletionStage<StoreWrite> write(JobId id, List<byte[]> scriptArguments) {
        RedisShardClient shard = shard(id);
        return answer(
                shard.call(() -> shard.script(ScriptArguments.keys(id), scriptArguments)
                        .thenCompose(reply -> written(shard, id, reply))),
                true);
    }

    private CompletableFuture<StoreWrite> written(RedisShardClient shard, JobId id, byte[] @Nullable [] reply) {
        Outcome outcome = outcome(reply);
        return switch (outcome) {
            case UNKNOWN -> CompletableFuture.completedFuture(StoreWrite.UNKNOWN);
            case EXPIRED -> CompletableFuture.completedFuture(StoreWrite.EXPIRED);
            default ->
                snapshot(shard, id, Objects.requireNonNull(reply[1]), reply[2])
                        .thenApply(present -> new StoreWrite(outcome, present));
        };
    }

    /** Whose job it is by the record's field; null for nobody's. */
    private static @Nullable String owner(byte @Nullable [] field) {
        return field == null || field.length == 0 ? null : new String(field, UTF_8);
    }

    private static Outcome outcome(byte[] @Nullable [] reply) {
        if (reply.length == 3 && reply[0] != null && reply[1] != null) {
            String name = new String(reply[0], ISO_8859_1).toUpperCase(Locale.ROOT);
            for (Outcome outcome : Outcome.values()) {
                if (outcome.name().equals(name)) {
                    return outcome;
                }
            }
        }
        throw new StoreException(Kind.CORRUPT, "the script answers what this gateway does not understand");
    }

    /** The job as its document says, or where that is not readable, as the other fields do. */
    private CompletableFuture<JobSnapshot> snapshot(
            RedisShardClient shard, JobId id, byte[] document, byte @Nullable [] owner) {
        try {
            JobSnapshot snapshot = new JobSnapshot(JobEventReader.document(id, document), owner(owner));
            return CompletableFuture.completedFuture(snapshot);
        } catch (InvalidDocumentException e) {
            counters.documentsReplaced.increment();
            if (replacedLog.permits(shard.loop().nanoTime())) {
                LOG.warn("the document of job {} is not readable, other fields stand in: {}", id, e.getMessage());
            }
            return shard.fields(RedisKeys.record(id), ScalarFields.NAMES)
                    .thenApply(values -> new ScalarFields(values).snapshot(id));
        }
    }

    private static long millis(JobId id, byte[] digits) {
        try {
            return Long.parseLong(new String(digits, ISO_8859_1));
        } catch (NumberFormatException e) {
            throw new StoreException(Kind.CORRUPT, "the record of job " + id + " does not say when it expires");
        }
    }

    private static <T extends @Nullable Object> CompletionStage<T> answer(CompletableFuture<T> call, boolean writes) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        var unused = call.whenComplete((value, failure) -> {
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(StoreFailures.of(failure, writes));
            }
        });
        return answer;
    }

    private RedisShardClient shard(JobId id) {
        return shards.get(shardOf.applyAsInt(id));
    }

    @Override
    public @Nullable String outage() {
        for (RedisShardClient shard : shards) {
            String outage = shard.outage();
            if (outage != null) {
                return outage;
            }
        }
        return null;
    }

    @Override
    public void close() {
        shards.forEach(RedisShardClient::close);
    }
}
