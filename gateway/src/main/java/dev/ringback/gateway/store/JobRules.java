package dev.ringback.gateway.store;

import static dev.ringback.gateway.store.StoredJob.length;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.gateway.store.StoredJob.Hooks;
import dev.ringback.gateway.store.StoredJob.Own;
import dev.ringback.gateway.store.StoredJob.PlainLease;
import dev.ringback.gateway.store.StoredJob.Work;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The life of a job, for stores that keep it in this process: what a submission, a change or the passing of time makes of a stored
 * job. It only says so; the store writes it, publishes and answers. Redis's script has the same rules in Lua, and the contract
 * tests hold them together.
 */
final class JobRules {
    static final long PLAIN_LEASE_MILLIS = 5_000;

    /** Where a full store refuses what would make it fuller. */
    interface Room {
        /** Throws {@link StoreException.Kind#FULL} where there is none. */
        void require();
    }

    /** What becomes of the large result: it stays, or it is these bytes from now on, or none. */
    record LargeResult(boolean kept, byte @Nullable [] json) {
        static final LargeResult KEPT = new LargeResult(true, null);
        static final LargeResult NONE = new LargeResult(false, null);
    }

    /**
     * What a step comes to.
     *
     * @param after the job as it is to be written; null where nothing is. A tombstone keeps neither submission nor large result
     * @param submitted what is kept of the submission from now on; null for what is there
     * @param event to be published when it is written; null for none
     * @param tells whether webhooks may have to tell of it: {@link OutboxRules#event}
     */
    record Step(
            StoreWrite answer,
            @Nullable StoredJob after,
            @Nullable NewJob submitted,
            LargeResult largeResult,
            @Nullable JobEvent event,
            boolean tells) {
        static Step unchanged(StoreWrite answer) {
            return new Step(answer, null, null, LargeResult.KEPT, null, false);
        }
    }

    private final GatewayConfig config;
    private final InstantSource clock;
    private final Supplier<String> incarnations;
    private final boolean endsOnce;
    private final OutboxRules outbox;

    /**
     * The rules for this store.
     *
     * @param endsOnce whether a job that has ended stays as it is; false only for tests, which show that they would notice
     */
    JobRules(MemoryJobStore.Parts parts, boolean endsOnce) {
        this.config = parts.config();
        this.clock = parts.clock();
        this.incarnations = parts.incarnations();
        this.endsOnce = endsOnce;
        this.outbox = new OutboxRules(config.webhook(), parts.outbox());
    }

    /** What webhooks are to tell of. */
    OutboxRules outbox() {
        return outbox;
    }

    /** {@link JobStore#create} on the job as it is; null for none. */
    Step create(@Nullable StoredJob job, JobId id, NewJob submitted, Submission submission, Room room) {
        if (job == null) {
            room.require();
            return submit(null, newRecord(id, submission.owner(), submitted.type()), submitted, submission);
        }
        if (isForeign(job, submission.owner())) {
            return Step.unchanged(StoreWrite.UNKNOWN);
        }
        JobRecord present = job.record();
        if (present == null) {
            return Step.unchanged(StoreWrite.EXPIRED);
        }
        if (job.fingerprint() != null) {
            boolean same = job.fingerprint().equals(submission.fingerprint());
            return unchanged(job, present, same ? Outcome.REPEATED : Outcome.CONFLICT);
        }
        return submit(job, adopted(present, submission.owner(), submitted), submitted, submission);
    }

    private Step submit(@Nullable StoredJob before, JobRecord record, NewJob submitted, Submission submission) {
        JobId original = submitted.originalJobId();
        JobRecord complete = record.with()
                .correlationId(submitted.correlationId())
                .originalJobId(original == null ? null : original.toString())
                .build();
        Hooks hooks = new Hooks(
                Own.of(submitted.webhook()), before == null ? 0 : before.hooks().toldMillis());
        StoredJob after = new StoredJob(
                record.jobId(),
                complete,
                null,
                submitted.ttl(),
                submission.fingerprint(),
                before == null ? null : before.lastEventId(),
                before == null ? null : before.lease(),
                deadline(complete),
                hooks,
                work(submitted, submission));
        boolean isNews = before == null || !record.state().isTerminal();
        JobSnapshot snapshot = complete.snapshot();
        StoreWrite answer = new StoreWrite(Outcome.CREATED, snapshot, after.jobWork());
        JobEvent event = isNews ? snapshot.present() : null;
        return new Step(answer, after, submitted, LargeResult.KEPT, event, outbox.tellsAdopter(complete, hooks));
    }

    private static @Nullable Work work(NewJob submitted, Submission submission) {
        int maxAttempts = submission.maxAttempts();
        return maxAttempts == 0
                ? null
                : new Work(maxAttempts, 0, null, submitted.plan().runAtMillis(), false);
    }

    private static Step unchanged(StoredJob job, JobRecord present, Outcome outcome) {
        return Step.unchanged(new StoreWrite(outcome, present.snapshot(), job.jobWork()));
    }

    /** {@link JobStore#apply} on the job as it is; null for none. */
    Step apply(@Nullable StoredJob job, JobId id, JobChange change, Origin origin, Room room) {
        if (job == null && origin.createsUnknown() && origin.lease() == null) {
            room.require();
            JobRecord fresh = newRecord(id, origin.owner(), change.type());
            return change(null, fresh.with().version(0).build(), change, origin);
        }
        if (job == null || isForeign(job, origin.owner())) {
            return Step.unchanged(StoreWrite.UNKNOWN);
        }
        JobRecord present = job.record();
        if (present == null) {
            return Step.unchanged(StoreWrite.EXPIRED);
        }
        if (makesFuller(present, change)) {
            room.require();
        }
        LeaseUse use = origin.lease();
        Outcome refusal =
                use == null ? refusal(job, present, change, origin) : LeaseRules.refusal(job, present, change, use);
        if (refusal != null) {
            return unchanged(job, present, refusal);
        }
        return change(job, present, change, origin);
    }

    /** Ends are always taken; progress only where it does not make a full store fuller. */
    private static boolean makesFuller(JobRecord present, JobChange change) {
        return !change.state().isTerminal() && length(change.progress()) > length(present.progress());
    }

    private @Nullable Outcome refusal(StoredJob job, JobRecord present, JobChange change, Origin origin) {
        if (present.state().isTerminal()) {
            if (!endsOnce) {
                return null;
            }
            return present.state() == change.state() ? Outcome.DUPLICATE : Outcome.REFUSED;
        }
        if (change.eventId() != null && change.eventId().equals(job.lastEventId())) {
            return Outcome.DUPLICATE;
        }
        if (!present.state().canMoveTo(change.state())) {
            return Outcome.REFUSED;
        }
        PlainLease lease = job.lease();
        if (origin.plainGateway() == null || lease == null || change.state().isTerminal()) {
            return null;
        }
        boolean leased = lease.untilMillis() > now();
        return leased && !lease.gateway().equals(origin.plainGateway()) ? Outcome.LEASED : null;
    }

    private Step change(@Nullable StoredJob job, JobRecord before, JobChange given, Origin origin) {
        LeaseRules.Move move = LeaseRules.move(job == null ? null : job.work(), before, given, origin.lease(), now());
        JobChange change = move.change();
        byte[] result = change.result();
        boolean large = result != null && result.length > config.limits().inlineResultBytes();
        JobRecord moved = before.with()
                .version(before.version() + 1)
                .state(change.state())
                .type(before.type() == null ? change.type() : before.type())
                .times(timesAfter(job, before.times(), move))
                .attempt(move.again() ? before.attempt() + 1 : before.attempt())
                .progress(change.progress() == null && !move.again() ? before.progress() : change.progress())
                .result(large ? null : result, large ? JobResult.ownUrl(before.jobId()) : change.resultUrl())
                .error(change.error())
                .build();
        Hooks hooks = job == null ? Hooks.NONE : job.hooks();
        boolean tells = outbox.tellsOf(change, hooks, now());
        PlainLease held = job == null ? null : job.lease();
        String gateway = origin.plainGateway();
        StoredJob after = new StoredJob(
                before.jobId(),
                moved,
                null,
                job == null ? null : job.ttl(),
                job == null ? null : job.fingerprint(),
                change.eventId(),
                gateway == null ? held : new PlainLease(gateway, now() + PLAIN_LEASE_MILLIS),
                deadline(moved),
                tells ? hooks.toldAt(now()) : hooks,
                move.work());
        JobSnapshot snapshot = moved.snapshot();
        StoreWrite answer = new StoreWrite(Outcome.APPLIED, snapshot, after.jobWork());
        LargeResult largeResult = new LargeResult(false, large ? result : null);
        return new Step(answer, after, null, largeResult, snapshot.present(), tells);
    }

    /**
     * The job's deadline has come: it is too old without an end and fails, it ended long ago and becomes a tombstone, or it was a
     * tombstone long enough and is forgotten. Then the step has no job.
     */
    Step timeIsOver(StoredJob job) {
        JobRecord record = job.record();
        if (record == null) {
            return Step.unchanged(StoreWrite.UNKNOWN);
        }
        if (!record.state().isTerminal()) {
            return change(job, record, JobChange.expired(), new Origin(null, false, null));
        }
        long until = now() + config.jobs().tombstoneTtl().toMillis();
        StoredJob tombstone =
                new StoredJob(job.id(), null, record.owner(), null, null, null, null, until, Hooks.NONE, null);
        return new Step(StoreWrite.EXPIRED, tombstone, null, LargeResult.NONE, null, false);
    }

    private long deadline(JobRecord record) {
        return record.state().isTerminal()
                ? record.times().expires()
                : record.times().created() + config.jobs().maxAge().toMillis();
    }

    private JobRecord newRecord(JobId id, @Nullable String owner, @Nullable String type) {
        long now = now();
        JobRecord.Times times = new JobRecord.Times(now, now, 0, 0, 0);
        return new JobRecord(
                id, incarnations.get(), 1, JobState.QUEUED, type, owner, times, null, null, null, null, 1, null, null);
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

    private JobRecord.Times timesAfter(@Nullable StoredJob job, JobRecord.Times times, LeaseRules.Move move) {
        JobChange change = move.change();
        long now = now();
        boolean starts = change.state() == JobState.PROCESSING && times.started() == 0;
        long started = starts ? now : times.started();
        if (!change.state().isTerminal()) {
            return new JobRecord.Times(times.created(), now, started, 0, 0);
        }
        Duration given = job == null ? null : job.ttl();
        Duration ttl = given == null ? config.jobs().resultTtl() : given;
        long kept = move.work() != null && move.work().dead()
                ? Math.max(ttl.toMillis(), config.queues().deadTtl().toMillis())
                : ttl.toMillis();
        return new JobRecord.Times(times.created(), now, started, now, now + kept);
    }

    private static boolean isForeign(StoredJob job, @Nullable String owner) {
        String jobOwner = job.owner();
        return owner != null && jobOwner != null && !owner.equals(jobOwner);
    }

    private long now() {
        return clock.millis();
    }
}
