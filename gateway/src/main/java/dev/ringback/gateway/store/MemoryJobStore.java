package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.JobResult;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

    static final long PLAIN_LEASE_MILLIS = 5_000;

    private static final byte[] EXPIRED_ERROR =
            "{\"code\":\"expired\",\"message\":\"the job did not end within jobs.max-age\",\"retryable\":false}"
                    .getBytes(ISO_8859_1);

    /** Hears each accepted change, on the shard's loop, as the last part of the step. */
    public interface Publisher {
        void publish(int shard, JobEvent event);
    }

    /**
     * What the store needs from outside.
     *
     * @param clock the wall clock
     * @param incarnations gives a new, short, random name for each life of a job id
     */
    public record Parts(
            GatewayConfig config, InstantSource clock, Supplier<String> incarnations, Publisher publisher) {}

    private record ShardJobs(Loop loop, Map<JobId, MemoryJob> jobs) {}

    private final List<ShardJobs> shards = new ArrayList<>();
    private final ToIntFunction<JobId> shardOf;
    private final Parts parts;
    private final AtomicLong bytes = new AtomicLong();
    private final boolean endsOnce;
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
        shardLoops.forEach(loop -> shards.add(new ShardJobs(loop, new HashMap<>())));
        this.shardOf = shardOf;
        this.parts = parts;
        this.endsOnce = endsOnce;
    }

    @Override
    public CompletionStage<StoreRead> read(JobId id) {
        return onShard(id, shard -> {
            MemoryJob job = shard.jobs().get(id);
            if (job == null) {
                return StoreRead.ABSENT;
            }
            JobRecord record = job.record;
            return record == null ? StoreRead.expired(job.owner) : StoreRead.found(record.snapshot());
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
    public CompletionStage<StoreWrite> create(JobId id, NewJob submitted, Submission submission) {
        return onShard(id, shard -> {
            MemoryJob job = shard.jobs().get(id);
            if (job == null) {
                requireRoom();
                JobRecord record = newRecord(id, JobState.QUEUED, submission.owner(), submitted.type());
                return submit(shard, new MemoryJob(this, id), record, submitted, submission);
            }
            if (isForeign(job, submission.owner())) {
                return StoreWrite.UNKNOWN;
            }
            JobRecord present = job.record;
            if (present == null) {
                return StoreWrite.EXPIRED;
            }
            if (job.fingerprint != null) {
                boolean same = job.fingerprint.equals(submission.fingerprint());
                return new StoreWrite(same ? Outcome.REPEATED : Outcome.CONFLICT, present.snapshot());
            }
            return submit(shard, job, adopted(present, submission.owner(), submitted), submitted, submission);
        });
    }

    private StoreWrite submit(
            ShardJobs shard, MemoryJob job, JobRecord record, NewJob submitted, Submission submission) {
        JobRecord complete =
                record.with().correlationId(submitted.correlationId()).build();
        Runnable write = () -> {
            job.submitted = submitted;
            job.fingerprint = submission.fingerprint();
        };
        return write(shard, job, complete, write, Outcome.CREATED);
    }

    @Override
    public CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin origin) {
        return onShard(id, shard -> {
            MemoryJob job = shard.jobs().get(id);
            if (job == null && origin.createsUnknown()) {
                requireRoom();
                JobRecord fresh = newRecord(id, JobState.QUEUED, origin.owner(), change.type());
                return change(
                        shard, new MemoryJob(this, id), fresh.with().version(0).build(), change, origin);
            }
            if (job == null) {
                return StoreWrite.UNKNOWN;
            }
            if (isForeign(job, origin.owner())) {
                return StoreWrite.UNKNOWN;
            }
            JobRecord present = job.record;
            if (present == null) {
                return StoreWrite.EXPIRED;
            }
            if (change.progress() != null && !change.state().isTerminal()) {
                requireRoomFor(change.progress().length - length(present.progress()));
            }
            Outcome refusal = refusal(job, present, change, origin);
            if (refusal != null) {
                return new StoreWrite(refusal, present.snapshot());
            }
            return change(shard, job, present, change, origin);
        });
    }

    private @Nullable Outcome refusal(MemoryJob job, JobRecord present, JobChange change, Origin origin) {
        if (present.state().isTerminal() && !endsOnce) {
            return null;
        }
        if (present.state().isTerminal()) {
            return present.state() == change.state() ? Outcome.DUPLICATE : Outcome.REFUSED;
        }
        if (change.eventId() != null && change.eventId().equals(job.lastEventId)) {
            return Outcome.DUPLICATE;
        }
        if (!present.state().canMoveTo(change.state())) {
            return Outcome.REFUSED;
        }
        String gateway = origin.plainGateway();
        if (gateway == null || change.state().isTerminal()) {
            return null;
        }
        boolean leased = job.plainOwner != null && job.plainOwnerUntil > now();
        return leased && !gateway.equals(job.plainOwner) ? Outcome.LEASED : null;
    }

    private StoreWrite change(ShardJobs shard, MemoryJob job, JobRecord before, JobChange change, Origin origin) {
        byte[] result = change.result();
        boolean large =
                result != null && result.length > parts.config().limits().inlineResultBytes();
        String url = large ? JobResult.ownUrl(job.id()) : change.resultUrl();
        JobRecord after = moved(job, before, change, large ? null : result, url);
        Runnable write = () -> {
            job.largeResult = large ? result : null;
            job.lastEventId = change.eventId();
            if (origin.plainGateway() != null) {
                job.plainOwner = origin.plainGateway();
                job.plainOwnerUntil = now() + PLAIN_LEASE_MILLIS;
            }
        };
        return write(shard, job, after, write, Outcome.APPLIED);
    }

    /** The one place where a job is written: count its bytes, set its deadline, and publish last. */
    private StoreWrite write(ShardJobs shard, MemoryJob job, JobRecord after, Runnable fields, Outcome outcome) {
        JobSnapshot snapshot = after.snapshot();
        JobRecord known = job.record;
        long before = shard.jobs().put(job.id(), job) == null ? 0 : job.bytes();
        fields.run();
        job.record = after;
        bytes.addAndGet(job.bytes() - before);
        Duration left = after.state().isTerminal()
                ? Duration.ofMillis(after.times().expires() - now())
                : parts.config()
                        .jobs()
                        .maxAge()
                        .minusMillis(now() - after.times().created());
        shard.loop().ticker().set(job, shard.loop().nanoTime(), left.toNanos());
        if (known == null || known.version() < after.version()) {
            parts.publisher().publish(shardOf.applyAsInt(job.id()), snapshot.present());
        }
        return new StoreWrite(outcome, snapshot);
    }

    /** A job's time is over: too old without an end, ended long ago, or a tombstone long enough. */
    void onDeadline(MemoryJob job) {
        ShardJobs shard = shards.get(shardOf.applyAsInt(job.id()));
        JobRecord record = job.record;
        long before = job.bytes();
        if (record == null) {
            shard.jobs().remove(job.id(), job);
            bytes.addAndGet(-before);
        } else if (record.state().isTerminal()) {
            job.owner = record.owner();
            job.record = null;
            job.submitted = null;
            job.largeResult = null;
            bytes.addAndGet(job.bytes() - before);
            long tombstone = parts.config().jobs().tombstoneTtl().toNanos();
            shard.loop().ticker().set(job, shard.loop().nanoTime(), tombstone);
        } else {
            JobChange expired = new JobChange(JobState.FAILED, null, null, null, EXPIRED_ERROR, null, null);
            var unused = apply(job.id(), expired, new Origin(null, false, null));
        }
    }

    @Override
    public @Nullable String outage() {
        return null;
    }

    @Override
    public void close() {
        closed = true;
    }

    private JobRecord newRecord(JobId id, JobState state, @Nullable String owner, @Nullable String type) {
        long now = now();
        JobRecord.Times times = new JobRecord.Times(now, now, 0, 0, 0);
        String incarnation = parts.incarnations().get();
        return new JobRecord(id, incarnation, 1, state, type, owner, times, null, null, null, null, 1, null, null);
    }

    /** A job that has ended keeps its version, and so is not published again: a terminal event comes once. */
    private JobRecord adopted(JobRecord r, @Nullable String owner, NewJob submitted) {
        JobRecord.Times t = r.times();
        boolean ended = r.state().isTerminal();
        long updated = ended ? t.updated() : now();
        return r.with()
                .version(ended ? r.version() : r.version() + 1)
                .type(submitted.type())
                .owner(owner == null ? r.owner() : owner)
                .times(new JobRecord.Times(t.created(), updated, t.started(), t.completed(), t.expires()))
                .build();
    }

    private JobRecord moved(
            MemoryJob job, JobRecord r, JobChange change, byte @Nullable [] result, @Nullable String resultUrl) {
        return r.with()
                .version(r.version() + 1)
                .state(change.state())
                .type(r.type() == null ? change.type() : r.type())
                .times(timesAfter(job, r, change))
                .progress(change.progress() == null ? r.progress() : change.progress())
                .result(result, resultUrl)
                .error(change.error())
                .build();
    }

    private JobRecord.Times timesAfter(MemoryJob job, JobRecord r, JobChange change) {
        long now = now();
        boolean starts = change.state() == JobState.PROCESSING && r.times().started() == 0;
        long started = starts ? now : r.times().started();
        if (!change.state().isTerminal()) {
            return new JobRecord.Times(r.times().created(), now, started, 0, 0);
        }
        Duration given = job.submitted == null ? null : job.submitted.ttl();
        Duration ttl = given == null ? parts.config().jobs().resultTtl() : given;
        return new JobRecord.Times(r.times().created(), now, started, now, now + ttl.toMillis());
    }

    private static boolean isForeign(MemoryJob job, @Nullable String owner) {
        String jobOwner = job.record == null ? job.owner : job.record.owner();
        return owner != null && jobOwner != null && !owner.equals(jobOwner);
    }

    /** Ends are always taken; progress only where it does not make a full store fuller. */
    private void requireRoomFor(long more) {
        if (more > 0) {
            requireRoom();
        }
    }

    private static long length(byte @Nullable [] json) {
        return json == null ? 0 : json.length;
    }

    private void requireRoom() {
        long limit = parts.config().store().memoryBytes();
        if (bytes.get() >= limit) {
            throw new StoreException(
                    StoreException.Kind.FULL, "the memory store is full: store.memory-bytes = " + limit);
        }
    }

    private long now() {
        return parts.clock().millis();
    }

    /** One step on the job's shard. */
    private interface Step<T> {
        @Nullable T on(ShardJobs shard);
    }

    private <T> CompletionStage<T> onShard(JobId id, Step<T> step) {
        ShardJobs shard = shards.get(shardOf.applyAsInt(id));
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
                LOG.error("a step on job {} failed", id, bug);
                answer.completeExceptionally(
                        new StoreException(StoreException.Kind.CORRUPT, "the gateway's log has the details"));
            }
        });
        return answer;
    }
}
