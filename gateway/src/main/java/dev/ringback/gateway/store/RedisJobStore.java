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
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs in Redis, shared by any number of gateways and workers: each change is one run of the apply script, each read one
 * {@code HMGET}, and a {@code TIME} where the job has ended, because Redis's clock decides whether it has expired. Lists come from
 * indexes that are written after the records, and are repaired in the background: {@link RedisJobIndex}, {@link RedisJobKeeper}.
 */
public final class RedisJobStore implements JobStore {
    private static final Logger LOG = LoggerFactory.getLogger(RedisJobStore.class);
    private static final List<byte[]> DOCUMENT_OWNER_EXPIRES =
            List.of("doc".getBytes(ISO_8859_1), "owner".getBytes(ISO_8859_1), "expires".getBytes(ISO_8859_1));
    /** Answers that tell of a job which no index may have yet; for {@code APPLIED}, its first version only. */
    private static final Set<Outcome> INDEXED = Set.of(Outcome.CREATED, Outcome.REPEATED, Outcome.APPLIED);

    /** Outcome, document, owner, when it was made, its name in the outbox of webhooks, work. */
    private static final int PARTS = 6;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;

    private final List<RedisShardClient> shards;
    private final ToIntFunction<JobId> shardOf;
    private final ScriptArguments arguments;
    private final RedisCounters counters;
    private final LogLimit replacedLog = new LogLimit(System.nanoTime(), 10);
    private final GatewayConfig config;
    private final Runnable onTold;
    /** One per shard, in order. */
    private final List<IndexWrites> indexWrites;

    private final AtomicInteger lists = new AtomicInteger();
    private volatile @Nullable RedisJobKeeper keeper;

    /**
     * @param shards in the order of the shards' numbers; closed with the store
     * @param onTold hears, on a shard's loop, that a change is in the outbox of webhooks
     */
    public RedisJobStore(
            List<RedisShardClient> shards,
            ToIntFunction<JobId> shardOf,
            GatewayConfig config,
            RedisCounters counters,
            Runnable onTold) {
        this.shards = List.copyOf(shards);
        this.shardOf = shardOf;
        this.arguments = new ScriptArguments(config);
        this.counters = counters;
        this.config = config;
        this.onTold = onTold;
        LogLimit indexLog = new LogLimit(System.nanoTime(), 10);
        this.indexWrites = this.shards.stream()
                .map(shard -> new IndexWrites(shard, counters, indexLog))
                .toList();
    }

    /**
     * Takes part in ending jobs that are too old and in repairing the indexes, unless {@code jobs.index-repair} says not to.
     *
     * @param gatewayId tells the gateways of a fleet apart
     */
    public void keep(String gatewayId) {
        int keysPerSecond = config.jobs().indexRepair();
        if (keysPerSecond == 0) {
            return;
        }
        RedisShardClient shard = shards.get(0);
        long maxAgeMillis = config.jobs().maxAge().toMillis();
        OverdueJobs overdue = new OverdueJobs(shard, this, counters, maxAgeMillis);
        IndexRepair repair = new IndexRepair(shard, indexWrites.get(0), overdue, counters);
        RedisJobKeeper opened = new RedisJobKeeper(shard, gatewayId, overdue, repair, keysPerSecond);
        keeper = opened;
        shard.loop().run(opened::start);
    }

    @Override
    public CompletionStage<StoreRead> read(JobId id) {
        RedisShardClient shard = shard(id);
        return StoreFailures.named(shard.call(() -> read(shard, id)), false);
    }

    private CompletableFuture<StoreRead> read(RedisShardClient shard, JobId id) {
        return shard.fields(RedisKeys.record(id), DOCUMENT_OWNER_EXPIRES)
                .thenCompose(fields -> found(shard, id, fields));
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
        return StoreFailures.named(shard.call(() -> shard.get(RedisKeys.result(id))), false);
    }

    @Override
    public CompletionStage<@Nullable JobWork> work(JobId id) {
        RedisShardClient shard = shard(id);
        return StoreFailures.named(
                shard.call(() -> shard.fields(RedisKeys.record(id), WorkFields.NAMES)
                        .thenCompose(values -> work(shard, id, new WorkFields(values)))),
                false);
    }

    private static CompletableFuture<@Nullable JobWork> work(RedisShardClient shard, JobId id, WorkFields fields) {
        JobWork work = fields.work(id);
        if (work == null || !work.state().isTerminal()) {
            return CompletableFuture.completedFuture(work);
        }
        long expiresMillis = fields.expiresMillis(id);
        return shard.timeMillis().thenApply(now -> now >= expiresMillis ? null : work);
    }

    @Override
    public CompletionStage<@Nullable NewJob> submitted(JobId id) {
        RedisShardClient shard = shard(id);
        return StoreFailures.named(
                shard.call(() -> shard.fields(RedisKeys.record(id), SubmittedFields.NAMES)
                        .thenCombine(shard.timeMillis(), (values, now) -> new SubmittedFields(values).job(id, now))),
                false);
    }

    /** On any shard's connection, for the jobs of a list are of all shards. */
    @Override
    public CompletionStage<JobPage> list(JobQuery query) {
        int number = Math.floorMod(lists.getAndIncrement(), shards.size());
        RedisShardClient shard = shards.get(number);
        return StoreFailures.named(
                shard.call(() -> new RedisJobList(shard, indexWrites.get(number), query, id -> read(shard, id)).page()),
                false);
    }

    @Override
    public CompletionStage<byte[]> secret() {
        RedisShardClient shard = shards.get(0);
        return StoreFailures.named(
                shard.call(() -> shard.get(RedisKeys.secret())
                        .thenCompose(known -> known == null ? newSecret(shard) : known(known))),
                true);
    }

    /** Several gateways may make one at once: the first is kept, and read by all. */
    private static CompletableFuture<byte[]> newSecret(RedisShardClient shard) {
        byte[] made = new byte[SECRET_BYTES];
        RANDOM.nextBytes(made);
        return shard.index()
                .setIfAbsent(RedisKeys.secret(), made)
                .thenCompose(done -> shard.get(RedisKeys.secret()))
                .thenCompose(RedisJobStore::known);
    }

    private static CompletableFuture<byte[]> known(byte @Nullable [] secret) {
        return secret == null || secret.length != SECRET_BYTES
                ? CompletableFuture.failedFuture(new StoreException(Kind.CORRUPT, "the secret of the fleet is damaged"))
                : CompletableFuture.completedFuture(secret);
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
        return StoreFailures.named(
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
                snapshot(shard, id, Objects.requireNonNull(reply[1]), reply[2]).thenApply(present -> {
                    StoreWrite write = new StoreWrite(outcome, present, WorkFields.told(id, present.owner(), reply[5]));
                    index(id, write, reply[3]);
                    if (reply[4] != null && reply[4].length > 0) {
                        onTold.run();
                    }
                    return write;
                });
        };
    }

    /** Nobody waits for the index: the list's promise is kept by its repair. */
    private void index(JobId id, StoreWrite write, byte @Nullable [] created) {
        boolean isOld = write.outcome() == Outcome.APPLIED && write.job().version() > 1;
        if (created == null || isOld || !INDEXED.contains(write.outcome())) {
            return;
        }
        JobSnapshot job = Objects.requireNonNull(write.present());
        JobPlace place = new JobPlace(millis(id, created), id);
        indexWrites.get(shardOf.applyAsInt(id)).add(new IndexWrites.Entry(place, job.owner()));
    }

    /** Whose job it is by the record's field; null for nobody's. */
    private static @Nullable String owner(byte @Nullable [] field) {
        return field == null || field.length == 0 ? null : new String(field, UTF_8);
    }

    private static Outcome outcome(byte[] @Nullable [] reply) {
        if (reply.length >= PARTS && reply[0] != null && reply[1] != null) {
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
            throw new StoreException(Kind.CORRUPT, "the record of job " + id + " has a time that is none");
        }
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
        RedisJobKeeper started = keeper;
        if (started != null) {
            shards.get(0).loop().run(started::close);
        }
        shards.forEach(RedisShardClient::close);
    }
}
