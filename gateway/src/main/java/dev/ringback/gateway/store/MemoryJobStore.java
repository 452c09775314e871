package dev.ringback.gateway.store;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.NewJob;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs in this process's memory, each on the loop of its shard: a step is atomic because nobody else runs there. Gone when the
 * process ends. When {@code store.memory-bytes} are in use, new jobs and
 * longer progress are refused; the end of a job never is.
 */
public final class MemoryJobStore implements JobStore {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryJobStore.class);

    /** Hears each accepted change, on the shard's loop, as the last part of the step. */
    public interface Publisher {
        void publish(int shard, JobEvent event);
    }

    /**
     * What the store needs from outside.
     *
     * @param clock the wall clock
     * @param incarnations gives a new, short, random name for each life of a job id
     * @param outbox takes what webhooks are to tell of
     */
    public record Parts(
            GatewayConfig config,
            InstantSource clock,
            Supplier<String> incarnations,
            Publisher publisher,
            Outbox outbox) {
        /** Of a gateway without webhooks. */
        public Parts(GatewayConfig config, InstantSource clock, Supplier<String> incarnations, Publisher publisher) {
            this(config, clock, incarnations, publisher, Outbox.NONE);
        }
    }

    private record ShardJobs(int number, Loop loop, Map<JobId, MemoryJob> jobs, JobIndex index) {
        @Nullable StoredJob stored(JobId id) {
            MemoryJob job = jobs.get(id);
            return job == null ? null : job.state;
        }
    }

    private final List<ShardJobs> shards = new ArrayList<>();
    private final ToIntFunction<JobId> shardOf;
    private final Parts parts;
    private final JobRules rules;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong outboxNumbers = new AtomicLong();
    private final byte[] secret = new byte[32];
    private volatile boolean closed;

    public MemoryJobStore(List<? extends Loop> shardLoops, ToIntFunction<JobId> shardOf, Parts parts) {
        this(shardLoops, shardOf, parts, true);
    }

    /**
     * For tests, which show with it that a store that writes an end twice would be noticed.
     *
     * @param endsOnce whether a job that has ended stays as it is
     */
    MemoryJobStore(List<? extends Loop> shardLoops, ToIntFunction<JobId> shardOf, Parts parts, boolean endsOnce) {
        shardLoops.forEach(loop -> shards.add(new ShardJobs(shards.size(), loop, new HashMap<>(), new JobIndex())));
        this.shardOf = shardOf;
        this.parts = parts;
        new SecureRandom().nextBytes(secret);
        this.rules = new JobRules(parts, endsOnce);
    }

    @Override
    public CompletionStage<StoreRead> read(JobId id) {
        return onShard(id, shard -> {
            StoredJob job = shard.stored(id);
            return job == null ? StoreRead.ABSENT : job.read();
        });
    }

    @Override
    public CompletionStage<byte @Nullable []> result(JobId id) {
        return onShard(id, shard -> {
            MemoryJob job = shard.jobs().get(id);
            return job == null ? null : job.largeResult;
        });
    }

    @Override
    public CompletionStage<@Nullable JobWork> work(JobId id) {
        return onShard(id, shard -> {
            StoredJob job = shard.stored(id);
            return job == null ? null : job.jobWork();
        });
    }

    @Override
    public CompletionStage<@Nullable NewJob> submitted(JobId id) {
        return onShard(id, shard -> {
            MemoryJob job = shard.jobs().get(id);
            return job == null ? null : job.submitted;
        });
    }

    @Override
    public CompletionStage<StoreWrite> create(JobId id, NewJob submitted, Submission submission) {
        return onShard(
                id,
                shard -> take(shard, id, rules.create(shard.stored(id), id, submitted, submission, this::requireRoom)));
    }

    @Override
    public CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin origin) {
        return onShard(
                id, shard -> take(shard, id, rules.apply(shard.stored(id), id, change, origin, this::requireRoom)));
    }

    private StoreWrite take(ShardJobs shard, JobId id, JobRules.Step step) {
        StoredJob after = step.after();
        if (after == null) {
            return step.answer();
        }
        MemoryJob job = shard.jobs().get(id);
        if (job == null) {
            job = new MemoryJob(this, after);
            shard.jobs().put(id, job);
            write(shard, job, null, step);
            bytes.addAndGet(job.bytes());
        } else {
            long before = job.bytes();
            write(shard, job, job.state, step);
            bytes.addAndGet(job.bytes() - before);
        }
        return step.answer();
    }

    /** The one place where a job is written: its state, its place in lists, its deadline; who hears of it hears last. */
    private void write(ShardJobs shard, MemoryJob job, @Nullable StoredJob before, JobRules.Step step) {
        StoredJob after = Objects.requireNonNull(step.after());
        job.take(after, step);
        index(shard, job, before, after);
        long left = after.deadlineMillis() - parts.clock().millis();
        shard.loop().ticker().set(job, shard.loop().nanoTime(), TimeUnit.MILLISECONDS.toNanos(left));
        if (step.event() != null) {
            parts.publisher().publish(shard.number(), step.event());
        }
        OutboxEvent told = step.tells() ? rules.outbox().event(step, job.submitted) : null;
        if (told != null) {
            parts.outbox().accept(outboxNumbers.incrementAndGet(), told);
        }
    }

    private static void index(ShardJobs shard, MemoryJob job, @Nullable StoredJob before, StoredJob after) {
        JobRecord was = before == null ? null : before.record();
        JobRecord is = after.record();
        if (was != null && is != null && Objects.equals(was.owner(), is.owner())) {
            return;
        }
        if (was != null) {
            shard.index().remove(was);
        }
        if (is != null) {
            shard.index().add(is, job);
        }
    }

    /** A job's time is over, by the loop's clock: that of the wall may have been set back meanwhile. */
    void onDeadline(MemoryJob job) {
        JobId id = job.state.id();
        ShardJobs shard = shards.get(shardOf.applyAsInt(id));
        JobRules.Step step = rules.timeIsOver(job.state);
        if (step.after() == null) {
            shard.jobs().remove(id, job);
            bytes.addAndGet(-job.bytes());
        } else {
            take(shard, id, step);
        }
    }

    @Override
    public CompletionStage<JobPage> list(JobQuery query) {
        CompletableFuture<JobPage> answer = new CompletableFuture<>();
        List<ListPart> found = new CopyOnWriteArrayList<>();
        for (ShardJobs shard : shards) {
            var unused = onShard(shard, query, on -> on.index().part(query)).whenComplete((part, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                    return;
                }
                found.add(part);
                if (found.size() == shards.size()) {
                    answer.complete(ListPart.page(found, query.limit()));
                }
            });
        }
        return answer;
    }

    /** Of this process: nobody else shares the store. */
    @Override
    public CompletionStage<byte[]> secret() {
        return CompletableFuture.completedFuture(secret);
    }

    @Override
    public @Nullable String outage() {
        return null;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireRoom() {
        long limit = parts.config().store().memoryBytes();
        if (bytes.get() >= limit) {
            throw new StoreException(
                    StoreException.Kind.FULL, "the memory store is full: store.memory-bytes = " + limit);
        }
    }

    /** One step on the job's shard. */
    private interface Step<T> {
        @Nullable T on(ShardJobs shard);
    }

    private <T> CompletionStage<T> onShard(JobId id, Step<T> step) {
        return onShard(shards.get(shardOf.applyAsInt(id)), id, step);
    }

    private <T> CompletableFuture<T> onShard(ShardJobs shard, Object subject, Step<T> step) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        shard.loop().run(() -> {
            try {
                if (closed) {
                    throw new StoreException(StoreException.Kind.UNAVAILABLE, "the store is closed");
                }
                answer.complete(step.on(shard));
            } catch (StoreException e) {
                answer.completeExceptionally(e);
            } catch (RuntimeException bug) {
                LOG.error("a step on {} failed", subject, bug);
                answer.completeExceptionally(
                        new StoreException(StoreException.Kind.CORRUPT, "the gateway's log has the details"));
            }
        });
        return answer;
    }
}
