package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.QueuesConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.queue.QueueStore.Taken;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.LeaseUse;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.time.InstantSource;
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
    private static final int MOST_LOOKS = 8;
    /** Before the second look; doubled before each further one. */
    private static final long LOOK_NANOS = 100_000;
    /** Of the jobs that are leased together; the first comes with whatever it has. */
    private static final long MOST_INPUT_BYTES = 4 << 20;
    /** A job that a store refused to move is left alone for so long. */
    private static final long AGAIN_MILLIS = 1_000;

    private final JobStore jobs;
    private final QueueStore queue;
    private final Loop loop;
    private final QueuesConfig config;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final QueuePlaces places;
    private final Dependencies dependencies;
    private final AbsentJobs absent;

    LeaseDesk(Queues.Parts parts, JobStore jobs, QueuePlaces places, Dependencies dependencies, AbsentJobs absent) {
        this.jobs = jobs;
        this.queue = parts.queue();
        this.loop = parts.loop();
        this.config = parts.config();
        this.random = parts.random();
        this.clock = parts.clock();
        this.places = places;
        this.dependencies = dependencies;
        this.absent = absent;
    }

    /**
     * What there was for a worker.
     *
     * @param againMillis as in {@link Taken}
     * @param drained as in {@link Taken}
     * @param stale whether the queue gave what was no job for a worker: there may be more behind it
     */
    public record Begun(List<LeasedJob> leased, long againMillis, boolean drained, boolean stale) {}

    /** What a lease came to: a job, nothing, or that it can't be known. */
    private record Begin(@Nullable LeasedJob job, @Nullable Throwable failure) {
        private static final Begin NOTHING = new Begin(null, null);
    }

    /** Leases what there is now. Fails where there is something, and the jobs' records can't be had. */
    public CompletionStage<Begun> take(Wish wish) {
        return queue.take(wish).thenCompose(taken -> {
            List<CompletableFuture<Begin>> begins = new ArrayList<>();
            taken.leases().forEach(lease -> begins.add(begin(wish, lease, MOST_LOOKS)));
            return CompletableFuture.allOf(begins.toArray(CompletableFuture<?>[]::new))
                    .thenCompose(all -> begun(
                            taken, begins.stream().map(CompletableFuture::join).toList()));
        });
    }

    private CompletionStage<Begun> begun(Taken taken, List<Begin> begins) {
        List<LeasedJob> leased = new ArrayList<>();
        Throwable failure = null;
        long bytes = 0;
        for (Begin begin : begins) {
            LeasedJob job = begin.job();
            bytes += job == null || job.input() == null ? 0 : job.input().length;
            if (job != null && (leased.isEmpty() || bytes <= MOST_INPUT_BYTES)) {
                leased.add(job);
            } else if (job != null) {
                giveBack(job);
            }
            failure = failure == null ? begin.failure() : failure;
        }
        if (leased.isEmpty() && failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        boolean stale = leased.size() < begins.size() && failure == null;
        return CompletableFuture.completedFuture(new Begun(leased, taken.againMillis(), taken.drained(), stale));
    }

    /** Only a job that the worker may have: who named its id for a queue need not be whose it is. */
    private CompletableFuture<Begin> begin(Wish wish, Lease lease, int looks) {
        JobId id = lease.id();
        Origin origin = new Origin(wish.owner(), false, null, LeaseUse.beginning(lease.leaseId()));
        CompletionStage<StoreWrite> applied = jobs.apply(id, JobChange.to(JobState.PROCESSING), origin);
        // Right behind it, for that saves a round trip.
        CompletionStage<@Nullable NewJob> submitted = jobs.submitted(id);
        return applied.thenCompose(write -> switch (write.outcome()) {
                    case APPLIED, DUPLICATE -> started(wish, lease, write, submitted);
                    case UNKNOWN -> {
                        if (looks > 1) {
                            yield lookAgain(wish, lease, looks - 1);
                        }
                        yield unknown(wish.type(), lease);
                    }
                    default -> {
                        leaveQueue(wish.type(), lease, write.work());
                        yield Slices.of(Begin.NOTHING);
                    }
                })
                .exceptionally(failure -> unstarted(wish.type(), lease, failure))
                .toCompletableFuture();
    }

    private CompletionStage<Begin> lookAgain(Wish wish, Lease lease, int looks) {
        CompletableFuture<@Nullable Void> waited = new CompletableFuture<>();
        loop.executeAfter(LOOK_NANOS << (MOST_LOOKS - 1 - looks), () -> waited.complete(null));
        return waited.thenCompose(now -> begin(wish, lease, looks));
    }

    /** It is not there, or is another owner's, who has it elsewhere in the queue. */
    private CompletionStage<Begin> unknown(String type, Lease lease) {
        JobId id = lease.id();
        return jobs.work(id).thenApply(work -> {
            if (work == null) {
                absent.giveBackOrDrop(type, lease);
            } else {
                Queues.unheard(places.move(type, id), "move in its queue", id);
            }
            return Begin.NOTHING;
        });
    }

    private CompletionStage<Begin> started(
            Wish wish, Lease lease, StoreWrite write, CompletionStage<@Nullable NewJob> read) {
        JobId id = lease.id();
        JobWork work = Objects.requireNonNull(write.work());
        absent.seen(id);
        if (!work.type().equals(wish.type())) {
            giveBack(id, lease.leaseId());
            Queues.unheard(places.move(wish.type(), id), "move to its queue", id);
            return Slices.of(Begin.NOTHING);
        }
        LeaseToken token = new LeaseToken(lease.leaseId(), wish.leaseMillis());
        // Where the script had to be loaded first, the submission may have come between the two.
        CompletionStage<@Nullable NewJob> found =
                read.thenCompose(job -> job == null ? jobs.submitted(id) : CompletableFuture.completedFuture(job));
        return found.thenCompose(
                        submitted -> submitted == null ? Slices.of(false) : dependencies.holdsBack(id, submitted))
                .thenCombine(found, (waits, submitted) -> {
                    if (waits) {
                        giveBack(id, lease.leaseId());
                        Queues.unheard(queue.end(wish.type(), id, Ending.DROPPED), "leave its queue", id);
                        return Begin.NOTHING;
                    }
                    byte[] input = submitted == null ? null : submitted.input();
                    return new Begin(
                            new LeasedJob(token, lease.deadlineMillis(), wish.leaseMillis(), write.job(), work, input),
                            null);
                })
                .exceptionally(failure -> {
                    giveBack(id, lease.leaseId());
                    return new Begin(null, StoreException.causeOf(failure));
                });
    }

    /** Whether it was written is not always known then: its lease will be over, if so. */
    private Begin unstarted(String type, Lease lease, Throwable failure) {
        if (StoreException.isUnwritten(failure)) {
            Queues.unheard(
                    queue.giveBack(type, lease.id(), lease.leaseId(), clock.millis() + AGAIN_MILLIS, Return.UNTOUCHED),
                    "return to its queue",
                    lease.id());
        } else {
            Queues.log("be leased", lease.id(), failure);
        }
        return new Begin(null, StoreException.causeOf(failure));
    }

    /**
     * A job that another lease has, which the queue has forgotten, stays until this one is over: then its worker is looked for. Where it
     * was given back meanwhile, this lease is over at once.
     */
    private void leaveQueue(String type, Lease lease, @Nullable JobWork work) {
        JobId id = lease.id();
        CompletionStage<?> left = !QueuePlaces.belongs(work, type)
                ? places.leave(type, id, work)
                : jobs.work(id)
                        .thenCompose(now -> now != null && now.state() == JobState.QUEUED
                                ? queue.giveBack(type, id, lease.leaseId(), now.dueMillis(), Return.UNTOUCHED)
                                : Slices.done());
        Queues.unheard(left, "leave its queue", id);
    }

    /** Nobody is there any more to do what was leased: others may have it at once. */
    public void giveBack(LeasedJob leased) {
        giveBack(leased.job().jobId(), leased.token().leaseId());
    }

    private void giveBack(JobId id, String leaseId) {
        Origin origin = new Origin(null, false, null, LeaseUse.of(leaseId));
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
            boolean taken =
                    write.outcome() == StoreWrite.Outcome.APPLIED || write.outcome() == StoreWrite.Outcome.DUPLICATE;
            return taken && write.job().state() == JobState.PROCESSING
                    ? renewed(id, token, write)
                    : CompletableFuture.completedFuture(answer(write, change, token));
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
        Verdict verdict = write.outcome() == StoreWrite.Outcome.APPLIED ? Verdict.TAKEN : Verdict.DUPLICATE;
        return renew(id, Objects.requireNonNull(write.work()), token)
                .thenApply(deadline -> new Answer(deadline == 0 ? Verdict.STALE : verdict, write, deadline));
    }

    /**
     * Lets the lease go on. A queue that has forgotten it gets the job again: nobody takes it by that, for its record says who has it,
     * and the end of this lease is seen to.
     */
    private CompletionStage<Long> renew(JobId id, JobWork work, LeaseToken token) {
        return queue.renew(work.type(), id, token.leaseId(), token.leaseMillis())
                .thenApply(deadline -> {
                    if (deadline == 0) {
                        Queues.unheard(places.restore(id), "return to its queue", id);
                    }
                    return deadline;
                });
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
            return renew(id, work, token)
                    .thenCompose(deadline -> answer(deadline == 0 ? Verdict.STALE : Verdict.TAKEN, deadline));
        });
    }

    private static CompletionStage<Answer> answer(Verdict verdict, long deadlineMillis) {
        return CompletableFuture.completedFuture(new Answer(verdict, null, deadlineMillis));
    }
}
