package dev.ringback.gateway.queue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.queue.DependencyStore.Waiting;
import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.AfterFailure;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that wait for others: each joins its queue once all of them have completed, and fails or is cancelled where one of them does
 * not. Any thread.
 */
final class Dependencies {
    /** Of those that are looked at, so many at once. */
    private static final int WIDTH = 64;
    /** Of such looks in one beat. */
    private static final int MOST_ROUNDS = 50;

    private static final long ABANDONED_MILLIS = 60_000;
    private static final Origin SELF = new Origin(null, false, null);

    private final JobStore jobs;
    private final QueueStore queue;
    private final DependencyStore store;
    private final Upstreams upstreams;
    private final InstantSource clock;
    private final Loop loop;
    /** How many came to wait, on this gateway. */
    private final AtomicLong submissions = new AtomicLong();
    /** False while it is known that no job waits for another: most teams never make one wait. */
    private volatile boolean used = true;

    private volatile boolean nobodyBefore;

    Dependencies(Queues.Parts parts) {
        this.jobs = parts.jobs();
        this.queue = parts.queue();
        this.store = parts.dependencies();
        this.clock = parts.clock();
        this.loop = parts.loop();
        this.upstreams = new Upstreams(jobs, loop);
    }

    static StoreException full(String type) {
        return new StoreException(Kind.QUEUE_FULL, "queues.depth jobs of type " + type + " wait already");
    }

    /** Makes a job that waits for others. One that was submitted before has been dealt with. */
    CompletionStage<StoreWrite> submit(Entry entry, NewJob job, Submission submission) {
        JobId id = entry.id();
        if (job.plan().after().contains(id)) {
            return Slices.failed(Upstreams.refusal("job " + id + " would wait for itself"));
        }
        Waiting waiting = waiting(entry, job);
        return jobs.read(id).thenCompose(present -> switch (present.status()) {
            case ABSENT ->
                upstreams
                        .requireKnown(waiting.after(), submission.owner())
                        .thenCompose(done -> create(waiting, job, submission));
            case EXPIRED -> jobs.create(id, job, submission);
            case FOUND ->
                jobs.submitted(id)
                        .thenCompose(before -> before != null || Upstreams.isForeign(present, submission.owner())
                                ? jobs.create(id, job, submission)
                                : adopt(waiting, job, submission));
        });
    }

    private Waiting waiting(Entry entry, NewJob job) {
        return new Waiting(entry, Set.copyOf(job.plan().after()), job.plan().afterFailure(), clock.millis());
    }

    /** Only a job that was there before, made by its worker, can be one that others follow from already. */
    private CompletionStage<StoreWrite> adopt(Waiting waiting, NewJob job, Submission submission) {
        JobId id = waiting.entry().id();
        return upstreams
                .requireKnown(waiting.after(), submission.owner())
                .thenCompose(done -> upstreams.requireNoCycle(id, waiting.after()))
                .thenCompose(done -> create(waiting, job, submission))
                .thenCompose(write -> withoutCycle(waiting, write));
    }

    /** What waits for nothing any more, or never did, {@link #check} finds. */
    private CompletionStage<StoreWrite> create(Waiting waiting, NewJob job, Submission submission) {
        JobId id = waiting.entry().id();
        submissions.incrementAndGet();
        used = true;
        return store.await(waiting).thenCompose(room -> {
            if (!room) {
                return Slices.failed(new StoreException(
                        Kind.QUEUE_FULL, "too many jobs wait for one of those that this one waits for"));
            }
            return jobs.create(id, job, submission).thenApply(write -> {
                if (write.present() != null) {
                    Queues.unheard(check(waiting), "be looked at", id);
                }
                return write;
            });
        });
    }

    /** Two that adopt jobs at once may each have seen none: the later of them sees the other's now. */
    private CompletionStage<StoreWrite> withoutCycle(Waiting waiting, StoreWrite write) {
        JobId id = waiting.entry().id();
        if (write.outcome() != Outcome.CREATED) {
            return CompletableFuture.completedFuture(write);
        }
        return upstreams.requireNoCycle(id, waiting.after()).handle((none, failure) -> {
            if (failure != null && StoreException.kindOf(failure) == Kind.AFTER_REFUSED) {
                Queues.unheard(stop(waiting, error("after-cycle", "the job waits for itself")), "be failed", id);
            }
            return write;
        });
    }

    /** A job has ended: it waits no more, and those that wait for it are looked at. */
    void ended(JobId id, JobState how) {
        if (used) {
            CompletionStage<?> told = store.forget(id)
                    .thenCompose(forgotten -> store.downstream(id))
                    .thenComposeAsync(
                            ids -> Slices.forEach(ids, WIDTH, loop, follower -> follow(follower, id, how)), loop);
            Queues.unheard(told, "have those looked at that follow", id);
        }
    }

    private CompletionStage<@Nullable Void> follow(JobId follower, JobId ended, JobState how) {
        CompletionStage<Boolean> isToBeSeen = how == JobState.COMPLETED
                ? store.resolve(follower, List.of(ended)).thenApply(left -> left == 0)
                : CompletableFuture.completedFuture(true);
        return isToBeSeen
                .thenCompose(seen -> seen ? store.waiting(follower) : CompletableFuture.completedFuture(null))
                .thenCompose(waiting -> waiting == null ? Slices.done() : check(waiting));
    }

    /** Looks at those at which nobody has looked for a while: some end where no gateway is told. */
    CompletionStage<@Nullable Void> checkDue() {
        return checkDue(MOST_ROUNDS);
    }

    private CompletionStage<@Nullable Void> checkDue(int rounds) {
        return store.due(WIDTH)
                .thenComposeAsync(
                        due -> Slices.forEach(due, WIDTH, loop, this::checked)
                                .thenComposeAsync(
                                        done -> due.size() == WIDTH && rounds > 1
                                                ? checkDue(rounds - 1)
                                                : Slices.done(),
                                        loop),
                        loop);
    }

    /** One at which nobody can look now keeps nobody from looking at the others. */
    private CompletionStage<?> checked(Waiting waiting) {
        return check(waiting).handle((done, failure) -> {
            if (failure != null) {
                Queues.log("be looked at", waiting.entry().id(), failure);
            }
            return done;
        });
    }

    /** Learns whether there is anything to do when a job ends. That is so unless nobody waits, twice in a row. */
    CompletionStage<Long> count() {
        long before = submissions.get();
        return store.count().whenComplete((count, failure) -> {
            boolean nobody = failure == null && count == 0 && submissions.get() == before;
            used = !nobody || !nobodyBefore || submissions.get() != before;
            nobodyBefore = nobody;
        });
    }

    /** Whether a job may be one that still waits for others. */
    static boolean mayWait(JobWork work, NewJob job) {
        return work.state() == JobState.QUEUED && !job.plan().after().isEmpty();
    }

    /** Whether a job that a worker was about to get still waits: another submission of its id had put it into a queue. */
    CompletionStage<Boolean> holdsBack(JobId id, NewJob job) {
        return job.plan().after().isEmpty()
                ? Slices.of(false)
                : store.waiting(id)
                        .thenCompose(waiting -> waiting == null
                                ? Slices.of(false)
                                : areDone(job.plan().after()).thenApply(done -> !done));
    }

    private CompletionStage<Boolean> areDone(Collection<JobId> before) {
        return upstreams
                .readAll(Set.copyOf(before))
                .thenApply(reads -> reads.values().stream().allMatch(Dependencies::keepsNobody));
    }

    /** A job that may wait waits again where nobody knows of that, unless all that it waits for is done with. Whether it waits. */
    CompletionStage<Boolean> waitsAgain(Entry entry, NewJob job) {
        return store.waiting(entry.id()).thenCompose(waiting -> {
            if (waiting != null) {
                return Slices.of(true);
            }
            return areDone(job.plan().after()).thenCompose(done -> {
                used = true;
                return done
                        ? Slices.of(false)
                        : store.await(waiting(entry, job)).thenApply(room -> true);
            });
        });
    }

    /** The record decides, and the submission in it: what waits here may come of one that was refused. */
    private CompletionStage<@Nullable Void> check(Waiting waiting) {
        JobId id = waiting.entry().id();
        return jobs.work(id).thenCompose(work -> {
            boolean isOld = clock.millis() - waiting.sinceMillis() > ABANDONED_MILLIS;
            if (work == null) {
                return isOld ? store.forget(id) : Slices.done();
            }
            if (work.state() != JobState.QUEUED) {
                // One that is about to be given back, for it waits, is not forgotten.
                return work.state().isTerminal() ? store.forget(id) : Slices.done();
            }
            return upstreams.readAll(waiting.after()).thenCompose(reads -> {
                boolean isStill =
                        isOld && !reads.isEmpty() && reads.values().stream().allMatch(Dependencies::isUnderWay);
                return isStill
                        ? Slices.done()
                        : jobs.submitted(id).thenCompose(job -> check(waiting, work, job, reads));
            });
        });
    }

    private static boolean isUnderWay(StoreRead read) {
        return read.snapshot() != null && !read.snapshot().present().state().isTerminal();
    }

    private CompletionStage<@Nullable Void> check(
            Waiting waiting, JobWork work, @Nullable NewJob job, Map<JobId, StoreRead> reads) {
        if (job == null || job.plan().after().isEmpty()) {
            return store.forget(waiting.entry().id());
        }
        Entry entry = QueuePlaces.entry(waiting.entry().id(), work, job);
        Set<JobId> all = Set.copyOf(job.plan().after());
        if (!all.containsAll(waiting.after())) {
            return replace(entry, job);
        }
        boolean isGone = reads.values().stream().anyMatch(read -> read.snapshot() == null);
        if (work.attempt() > 1 && isGone) {
            // A worker had it already: whatever it waited for is done with.
            return store.forget(entry.id());
        }
        return decide(waiting, reads, () -> {
            Set<JobId> before = new HashSet<>(all);
            before.removeAll(waiting.after());
            return areDone(before).thenCompose(done -> done ? release(entry) : replace(entry, job));
        });
    }

    /** What was resolved once has completed, and may have been forgotten since. */
    private static boolean keepsNobody(StoreRead earlier) {
        return earlier.snapshot() == null || earlier.snapshot().present().state() == JobState.COMPLETED;
    }

    /** In place of the wait of another submission of the same id, which came first here and later there. */
    private CompletionStage<@Nullable Void> replace(Entry entry, NewJob job) {
        Waiting right = waiting(entry, job);
        return store.forget(entry.id())
                .thenCompose(forgotten -> store.await(right))
                .thenCompose(room -> room
                        ? Slices.done()
                        : stop(right, error("after-refused", "too many jobs wait for one of those that it waits for")));
    }

    /** What to do once none is left. */
    private interface Ready {
        CompletionStage<@Nullable Void> go();
    }

    /** One that is over and gone, unseen, may have failed: a job that has run can't be undone. */
    private CompletionStage<@Nullable Void> decide(Waiting waiting, Map<JobId, StoreRead> reads, Ready ready) {
        Set<JobId> completed = new HashSet<>();
        for (Map.Entry<JobId, StoreRead> read : reads.entrySet()) {
            JobId id = read.getKey();
            JobSnapshot found = read.getValue().snapshot();
            if (found == null) {
                return stop(waiting, error("upstream-gone", "job " + id + ", for which it waited, is no longer known"));
            }
            JobState state = found.present().state();
            if (state == JobState.COMPLETED) {
                completed.add(id);
            } else if (state.isTerminal()) {
                String what = state == JobState.FAILED ? "failed" : "was cancelled";
                return stop(
                        waiting, error("upstream-" + state.wireName(), "job " + id + ", for which it waited, " + what));
            }
        }
        if (completed.size() == reads.size()) {
            return ready.go();
        }
        return completed.isEmpty()
                ? Slices.done()
                : store.resolve(waiting.entry().id(), completed).thenApply(left -> null);
    }

    /** It waits for workers now, as its record says. Where its queue is full, the next look tries again. */
    private CompletionStage<@Nullable Void> release(Entry entry) {
        return queue.add(entry).thenCompose(added -> added == Added.FULL ? Slices.done() : store.forget(entry.id()));
    }

    private static byte[] error(String code, String message) {
        return ("{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"retryable\":false}").getBytes(ISO_8859_1);
    }

    private CompletionStage<@Nullable Void> stop(Waiting waiting, byte[] error) {
        JobId id = waiting.entry().id();
        JobState state = waiting.afterFailure() == AfterFailure.CANCEL ? JobState.CANCELLED : JobState.FAILED;
        JobChange change = new JobChange(state, null, null, null, error, null, null);
        return jobs.apply(id, change, SELF).thenAccept(write -> ended(id, state));
    }

    /** Those that wait for a job, or did. */
    CompletionStage<List<JobId>> downstream(JobId id) {
        return store.downstream(id);
    }
}
