package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.QueuesConfig;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.LeaseUse;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Gives jobs to workers, and takes what workers say of those that they have. Any thread. */
public final class LeaseDesk {
    private static final int MILLION = 1_000_000;
    /** A job is in its queue before its record is written: a worker that waits for it may be that much faster. */
    private static final int MOST_LOOKS = 5;

    private final JobStore jobs;
    private final QueueStore queue;
    private final QueuesConfig config;
    private final RandomGenerator random;
    private final AbsentJobs absent;

    LeaseDesk(Queues.Parts parts, JobStore jobs, AbsentJobs absent) {
        this.jobs = jobs;
        this.queue = parts.queue();
        this.config = parts.config();
        this.random = parts.random();
        this.absent = absent;
    }

    /**
     * What there was for a worker.
     *
     * @param againMillis as in {@link QueueStore.Taken}
     * @param stale whether the queue gave what was no job for a worker: there may be more behind it
     */
    public record Begun(List<LeasedJob> leased, long againMillis, boolean stale) {}

    /** Leases what there is now. */
    public CompletionStage<Begun> take(Wish wish) {
        return queue.take(wish).thenCompose(taken -> {
            List<CompletableFuture<@Nullable LeasedJob>> begun = new ArrayList<>();
            taken.leases().forEach(lease -> begun.add(begin(wish, lease, MOST_LOOKS)));
            return CompletableFuture.allOf(begun.toArray(CompletableFuture<?>[]::new))
                    .thenApply(all -> {
                        List<LeasedJob> leased = begun.stream()
                                .map(CompletableFuture::join)
                                .filter(Objects::nonNull)
                                .toList();
                        return new Begun(
                                leased,
                                taken.againMillis(),
                                leased.size() < taken.leases().size());
                    });
        });
    }

    /** What can't be read now is left to its lease, which will be over. */
    private CompletableFuture<@Nullable LeasedJob> begin(Wish wish, Lease lease, int looks) {
        JobId id = lease.id();
        Origin origin = new Origin(null, false, null, LeaseUse.beginning(lease.leaseId()));
        CompletableFuture<@Nullable NewJob> submitted = jobs.submitted(id).toCompletableFuture();
        return jobs.apply(id, JobChange.to(JobState.PROCESSING), origin)
                .thenCombine(
                        submitted,
                        (write, job) -> write.outcome() == StoreWrite.Outcome.UNKNOWN && looks > 1
                                ? begin(wish, lease, looks - 1)
                                : CompletableFuture.completedFuture(begun(wish, lease, write, job)))
                .thenCompose(begun -> begun)
                .exceptionally(failure -> {
                    Queues.log("be leased", id, failure);
                    return null;
                })
                .toCompletableFuture();
    }

    private @Nullable LeasedJob begun(Wish wish, Lease lease, StoreWrite write, @Nullable NewJob job) {
        JobId id = lease.id();
        JobWork work = write.work();
        switch (write.outcome()) {
            case APPLIED, DUPLICATE -> {
                absent.seen(id);
                return new LeasedJob(
                        new LeaseToken(lease.leaseId(), wish.leaseMillis()),
                        lease.deadlineMillis(),
                        wish.leaseMillis(),
                        write.job(),
                        Objects.requireNonNull(work),
                        job == null ? null : job.input());
            }
            case UNKNOWN -> absent.giveBackOrDrop(wish.type(), lease);
            default -> {
                Ending how = work == null ? Ending.DROPPED : QueuedJobs.ending(work);
                Queues.unheard(queue.end(wish.type(), id, how), "leave its queue", id);
            }
        }
        return null;
    }

    /** Nobody is there any more to do what was leased: others may have it at once. */
    public void giveBack(LeasedJob leased) {
        Origin origin = new Origin(null, false, null, LeaseUse.of(leased.token().leaseId()));
        JobId id = leased.job().jobId();
        Queues.unheard(jobs.apply(id, JobChange.to(JobState.QUEUED), origin), "be given back", id);
    }

    /** What a worker's word of a job comes to. */
    public enum Verdict {
        TAKEN,
        /** It came before. */
        DUPLICATE,
        /** The client has cancelled the job: the worker is to stop. */
        CANCELLED,
        /** The worker has it no more. */
        STALE,
        /** It has ended otherwise. */
        REFUSED,
        UNKNOWN,
        EXPIRED
    }

    /**
     * The answer to a worker.
     *
     * @param deadlineMillis of its lease, since the epoch; 0 where it has none any more
     * @param write what the record said; null for a heartbeat, which does not change it
     */
    public record Answer(Verdict verdict, @Nullable StoreWrite write, long deadlineMillis) {}

    /**
     * A worker moves its job, or gives it back.
     *
     * @param permanent whether a failure is not to be tried again
     */
    public CompletionStage<Answer> report(
            JobId id, JobChange change, LeaseToken token, @Nullable String owner, long delayMillis, boolean permanent) {
        LeaseUse use = LeaseUse.of(token.leaseId()).delayed(delayMillis);
        LeaseUse whole = permanent ? use : use.retrying(retry());
        return jobs.apply(id, change, new Origin(owner, false, null, whole)).thenCompose(write -> {
            boolean goesOn =
                    write.outcome() == StoreWrite.Outcome.APPLIED && write.job().state() == JobState.PROCESSING;
            return goesOn ? renewed(id, token, write) : CompletableFuture.completedFuture(answer(write, change, token));
        });
    }

    private LeaseUse.Retry retry() {
        return new LeaseUse.Retry(
                config.retryDelay().toMillis(), config.retryMaxDelay().toMillis(), random.nextInt(MILLION + 1));
    }

    /** Fails a job whose worker was not heard of in time. */
    CompletionStage<StoreWrite> lose(JobStore records, JobId id, String leaseId) {
        LeaseUse use = LeaseUse.of(leaseId).retrying(retry());
        return records.apply(id, LOST, new Origin(null, false, null, use));
    }

    private static final JobChange LOST = new JobChange(
            JobState.FAILED,
            null,
            null,
            null,
            ("{\"code\":\"lease-expired\",\"message\":\"the worker was not heard of before its lease was over\","
                            + "\"retryable\":true}")
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
            null,
            null);

    private CompletionStage<Answer> renewed(JobId id, LeaseToken token, StoreWrite write) {
        String type = Objects.requireNonNull(write.work()).type();
        return queue.renew(type, id, token.leaseId(), token.leaseMillis())
                .thenApply(deadline -> new Answer(deadline == 0 ? Verdict.STALE : Verdict.TAKEN, write, deadline));
    }

    private static Answer answer(StoreWrite write, JobChange change, LeaseToken token) {
        Verdict verdict = switch (write.outcome()) {
            case APPLIED -> Verdict.TAKEN;
            case DUPLICATE -> Verdict.DUPLICATE;
            case REFUSED -> isCancelled(write, change, token) ? Verdict.CANCELLED : Verdict.REFUSED;
            case UNKNOWN -> Verdict.UNKNOWN;
            case EXPIRED -> Verdict.EXPIRED;
            default -> Verdict.STALE;
        };
        return new Answer(verdict, write, 0);
    }

    /** Progress of a job that was cancelled is no mistake of the worker's: it is how it hears of that. */
    private static boolean isCancelled(StoreWrite write, JobChange change, LeaseToken token) {
        JobWork work = write.work();
        return work != null
                && work.state() == JobState.CANCELLED
                && token.leaseId().equals(work.leaseId())
                && change.state() == JobState.PROCESSING;
    }

    /** A worker is still at it. */
    public CompletionStage<Answer> heartbeat(JobId id, LeaseToken token, @Nullable String owner) {
        return jobs.work(id).thenCompose(work -> {
            boolean foreign = work != null && owner != null && work.owner() != null && !owner.equals(work.owner());
            if (work == null || foreign) {
                return answer(Verdict.UNKNOWN, 0);
            }
            if (!token.leaseId().equals(work.leaseId())) {
                return answer(Verdict.STALE, 0);
            }
            if (work.state() != JobState.PROCESSING) {
                return answer(work.state() == JobState.CANCELLED ? Verdict.CANCELLED : Verdict.REFUSED, 0);
            }
            return queue.renew(work.type(), id, token.leaseId(), token.leaseMillis())
                    .thenCompose(deadline -> answer(deadline == 0 ? Verdict.STALE : Verdict.TAKEN, deadline));
        });
    }

    private static CompletionStage<Answer> answer(Verdict verdict, long deadlineMillis) {
        return CompletableFuture.completedFuture(new Answer(verdict, null, deadlineMillis));
    }
}
