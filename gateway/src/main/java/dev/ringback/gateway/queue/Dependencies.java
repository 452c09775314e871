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
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.AfterFailure;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that wait for others: each joins its queue once all of them have completed, and fails or is cancelled where one of them does
 * not. Any thread.
 */
final class Dependencies {
    /** How many jobs one may follow from, directly and not. */
    private static final int MOST_ANCESTORS = 1_000;

    /** Of those that are looked at, so many at once. */
    private static final int WIDTH = 64;
    /** Of such looks in one beat. */
    private static final int MOST_ROUNDS = 50;

    private static final long ABANDONED_MILLIS = 60_000;
    private static final Origin SELF = new Origin(null, false, null);

    private final JobStore jobs;
    private final QueueStore queue;
    private final DependencyStore store;
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
    }

    static StoreException full(String type) {
        return new StoreException(Kind.QUEUE_FULL, "queues.depth jobs of type " + type + " wait already");
    }

    private static StoreException refusal(String detail) {
        return new StoreException(Kind.AFTER_REFUSED, detail);
    }

    private static <T> CompletionStage<T> failed(StoreException failure) {
        return CompletableFuture.failedFuture(failure);
    }

    /** Makes a job that waits for others. One that was submitted before has been dealt with. */
    CompletionStage<StoreWrite> submit(Entry entry, NewJob job, Submission submission) {
        JobId id = entry.id();
        if (job.plan().after().contains(id)) {
            return failed(refusal("job " + id + " would wait for itself"));
        }
        Waiting waiting = waiting(entry, job);
        return jobs.read(id).thenCompose(present -> switch (present.status()) {
            case ABSENT ->
                requireKnown(waiting.after(), submission.owner()).thenCompose(done -> create(waiting, job, submission));
            case EXPIRED -> jobs.create(id, job, submission);
            case FOUND ->
                jobs.submitted(id)
                        .thenCompose(before -> before != null || isForeign(present, submission.owner())
                                ? jobs.create(id, job, submission)
                                : adopt(waiting, job, submission));
        });
    }

    private Waiting waiting(Entry entry, NewJob job) {
        return new Waiting(entry, Set.copyOf(job.plan().after()), job.plan().afterFailure(), clock.millis());
    }

    private static boolean isForeign(StoreRead found, @Nullable String owner) {
        return owner != null && found.owner() != null && !owner.equals(found.owner());
    }

    /** Only a job that was there before, made by its worker, can be one that others follow from already. */
    private CompletionStage<StoreWrite> adopt(Waiting waiting, NewJob job, Submission submission) {
        JobId id = waiting.entry().id();
        return requireKnown(waiting.after(), submission.owner())
                .thenCompose(done -> requireNoCycle(id, waiting.after()))
                .thenCompose(done -> create(waiting, job, submission))
                .thenCompose(write -> withoutCycle(waiting, write));
    }

    private CompletionStage<@Nullable Void> requireKnown(Set<JobId> ids, @Nullable String owner) {
        return readAll(ids).thenCompose(reads -> {
            for (Map.Entry<JobId, StoreRead> read : reads.entrySet()) {
                StoreRead found = read.getValue();
                if (found.snapshot() == null || isForeign(found, owner)) {
                    return failed(refusal("\"after\": there is no job " + read.getKey()));
                }
            }
            return Slices.done();
        });
    }

    private CompletionStage<Map<JobId, StoreRead>> readAll(Set<JobId> ids) {
        Map<JobId, CompletableFuture<StoreRead>> reads = new LinkedHashMap<>();
        ids.forEach(id -> reads.put(id, jobs.read(id).toCompletableFuture()));
        return CompletableFuture.allOf(reads.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    Map<JobId, StoreRead> found = new LinkedHashMap<>();
                    reads.forEach((id, read) -> found.put(id, read.join()));
                    return found;
                });
    }

    private CompletionStage<@Nullable Void> requireNoCycle(JobId id, Set<JobId> after) {
        return ancestors(new ArrayList<>(after), new HashSet<>(after))
                .thenCompose(ancestors -> ancestors.contains(id)
                        ? failed(refusal("job " + id + " would wait for a job that waits for it"))
                        : Slices.done());
    }

    private CompletionStage<Set<JobId>> ancestors(List<JobId> edge, Set<JobId> known) {
        if (edge.isEmpty()) {
            return CompletableFuture.completedFuture(known);
        }
        if (known.size() > MOST_ANCESTORS) {
            return failed(refusal("the job would follow from more than " + MOST_ANCESTORS + " others"));
        }
        JobId next = edge.remove(edge.size() - 1);
        return jobs.submitted(next)
                .thenComposeAsync(
                        job -> {
                            for (JobId before :
                                    job == null ? List.<JobId>of() : job.plan().after()) {
                                if (known.add(before)) {
                                    edge.add(before);
                                }
                            }
                            return ancestors(edge, known);
                        },
                        loop);
    }

    /** What waits for nothing any more, or never did, {@link #check} finds. */
    private CompletionStage<StoreWrite> create(Waiting waiting, NewJob job, Submission submission) {
        JobId id = waiting.entry().id();
        submissions.incrementAndGet();
        used = true;
        return store.await(waiting).thenCompose(room -> {
            if (!room) {
                return failed(new StoreException(
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
        return requireNoCycle(id, waiting.after()).handle((none, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof StoreException named && named.kind() == Kind.AFTER_REFUSED) {
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
            used = !nobody || !nobodyBefore;
            nobodyBefore = nobody;
        });
    }

    /** The record decides, and the submission in it: what waits here may come of one that was refused. */
    private CompletionStage<@Nullable Void> check(Waiting waiting) {
        JobId id = waiting.entry().id();
        return jobs.work(id).thenCompose(work -> {
            if (work == null) {
                boolean abandoned = clock.millis() - waiting.sinceMillis() > ABANDONED_MILLIS;
                return abandoned ? store.forget(id) : Slices.done();
            }
            boolean isUntried = work.state() == JobState.QUEUED && work.attempt() == 1;
            return isUntried ? jobs.submitted(id).thenCompose(job -> check(waiting, work, job)) : store.forget(id);
        });
    }

    private CompletionStage<@Nullable Void> check(Waiting waiting, JobWork work, @Nullable NewJob job) {
        if (job == null || job.plan().after().isEmpty()) {
            return store.forget(waiting.entry().id());
        }
        Set<JobId> all = Set.copyOf(job.plan().after());
        if (!all.containsAll(waiting.after())) {
            return replace(waiting, work, job);
        }
        return readAll(waiting.after())
                .thenCompose(reads -> decide(waiting, reads, () -> {
                    Set<JobId> before = new HashSet<>(all);
                    before.removeAll(waiting.after());
                    return readAll(before).thenCompose(earlier -> {
                        boolean isReady = earlier.values().stream().allMatch(Dependencies::keepsNobody);
                        return isReady ? release(waiting) : replace(waiting, work, job);
                    });
                }));
    }

    /** What was resolved once has completed, and may have been forgotten since. */
    private static boolean keepsNobody(StoreRead earlier) {
        return earlier.snapshot() == null || earlier.snapshot().present().state() == JobState.COMPLETED;
    }

    /** The wait of another submission of the same id, which came first here and later there. */
    private CompletionStage<@Nullable Void> replace(Waiting wrong, JobWork work, NewJob job) {
        JobId id = wrong.entry().id();
        Waiting right = waiting(new Entry(id, work.type(), work.owner(), job.priority(), work.dueMillis()), job);
        return store.forget(id)
                .thenCompose(forgotten -> store.await(right))
                .thenCompose(room -> room
                        ? Slices.done()
                        : stop(right, error("after-refused", "too many jobs wait for one of those that it waits for")));
    }

    /** What to do once none is left. */
    private interface Ready {
        CompletionStage<@Nullable Void> go();
    }

    /**
     * One that has expired was no failure, or those that wait for it would have ended with it.
     */
    private CompletionStage<@Nullable Void> decide(Waiting waiting, Map<JobId, StoreRead> reads, Ready ready) {
        Set<JobId> completed = new HashSet<>();
        for (Map.Entry<JobId, StoreRead> read : reads.entrySet()) {
            JobId id = read.getKey();
            StoreRead found = read.getValue();
            if (found.status() == StoreRead.Status.ABSENT) {
                return stop(waiting, error("upstream-gone", "job " + id + ", for which it waited, is no longer known"));
            }
            JobState state = found.snapshot() == null
                    ? JobState.COMPLETED
                    : found.snapshot().present().state();
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

    /** It waits for workers now. Where its queue is full, the next look tries again. */
    private CompletionStage<@Nullable Void> release(Waiting waiting) {
        return queue.add(waiting.entry())
                .thenCompose(added -> added == Added.FULL
                        ? Slices.done()
                        : store.forget(waiting.entry().id()));
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

    /** Those that a job waits for, by its submission, and those that wait for it. */
    CompletionStage<List<JobId>> downstream(JobId id) {
        return store.downstream(id);
    }
}
