package dev.ringback.gateway.queue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.queue.DependencyStore.Waiting;
import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobStore.Submission;
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
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that wait for others: each joins its queue once all of them have completed, and fails or is cancelled where one of them does
 * not. Any thread.
 */
final class Dependencies {
    /** How many jobs one may follow from, directly and not. */
    private static final int MOST_ANCESTORS = 1_000;

    private static final long ABANDONED_MILLIS = 60_000;
    private static final Origin SELF = new Origin(null, false, null);

    private final JobStore jobs;
    private final QueueStore queue;
    private final DependencyStore store;
    private final InstantSource clock;
    /** False while it is known that no job waits for another: most teams never make one wait. */
    private volatile boolean used = true;

    Dependencies(JobStore jobs, QueueStore queue, DependencyStore store, InstantSource clock) {
        this.jobs = jobs;
        this.queue = queue;
        this.store = store;
        this.clock = clock;
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

    /** Makes a job that waits for others. */
    CompletionStage<StoreWrite> submit(Entry entry, NewJob job, Submission submission) {
        JobId id = entry.id();
        if (job.plan().after().contains(id)) {
            return failed(refusal("job " + id + " would wait for itself"));
        }
        Waiting waiting =
                new Waiting(entry, Set.copyOf(job.plan().after()), job.plan().afterFailure(), clock.millis());
        return jobs.read(id).thenCompose(present -> {
            if (present.status() == StoreRead.Status.EXPIRED) {
                return jobs.create(id, job, submission);
            }
            boolean isNew = present.status() == StoreRead.Status.ABSENT;
            return requireKnown(waiting.after(), submission.owner())
                    .thenCompose(done -> isNew ? done() : requireNoCycle(id, waiting.after()))
                    .thenCompose(done -> create(waiting, job, submission))
                    .thenCompose(
                            write -> isNew ? CompletableFuture.completedStage(write) : withoutCycle(waiting, write));
        });
    }

    private static CompletionStage<@Nullable Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<@Nullable Void> requireKnown(Set<JobId> ids, @Nullable String owner) {
        return readAll(ids).thenCompose(reads -> {
            for (Map.Entry<JobId, StoreRead> read : reads.entrySet()) {
                StoreRead found = read.getValue();
                boolean foreign = owner != null && found.owner() != null && !owner.equals(found.owner());
                if (found.snapshot() == null || foreign) {
                    return failed(refusal("\"after\": there is no job " + read.getKey()));
                }
            }
            return done();
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

    /** Only a job that was there before, made by its worker, can be one that others follow from already. */
    private CompletionStage<@Nullable Void> requireNoCycle(JobId id, Set<JobId> after) {
        return ancestors(new ArrayList<>(after), new HashSet<>(after))
                .thenCompose(ancestors -> ancestors.contains(id)
                        ? failed(refusal("job " + id + " would wait for a job that waits for it"))
                        : done());
    }

    private CompletionStage<Set<JobId>> ancestors(List<JobId> edge, Set<JobId> known) {
        if (edge.isEmpty()) {
            return CompletableFuture.completedFuture(known);
        }
        if (known.size() > MOST_ANCESTORS) {
            return failed(refusal("the job would follow from more than " + MOST_ANCESTORS + " others"));
        }
        JobId next = edge.remove(edge.size() - 1);
        return jobs.submitted(next).thenCompose(job -> {
            for (JobId before : job == null ? List.<JobId>of() : job.plan().after()) {
                if (known.add(before)) {
                    edge.add(before);
                }
            }
            return ancestors(edge, known);
        });
    }

    private CompletionStage<StoreWrite> create(Waiting waiting, NewJob job, Submission submission) {
        JobId id = waiting.entry().id();
        used = true;
        return store.await(waiting).thenCompose(room -> {
            if (!room) {
                return failed(new StoreException(
                        Kind.QUEUE_FULL, "too many jobs wait for one of those that this one waits for"));
            }
            return jobs.create(id, job, submission).thenApply(write -> {
                boolean waits = write.present() != null && write.job().state() == JobState.QUEUED;
                if (waits && (write.outcome() == Outcome.CREATED || write.outcome() == Outcome.REPEATED)) {
                    Queues.unheard(check(waiting), "be looked at", id);
                } else if (write.outcome() != Outcome.CONFLICT) {
                    Queues.unheard(store.forget(id), "be forgotten as one that waits", id);
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
        return requireNoCycle(id, waiting.after()).thenApply(none -> write).exceptionally(cycle -> {
            Queues.unheard(stop(waiting, error("after-cycle", "the job waits for itself")), "be failed", id);
            return write;
        });
    }

    /** A job has ended, however: those that wait for it are looked at. */
    void ended(JobId id) {
        if (used) {
            Queues.unheard(store.downstream(id).thenCompose(this::checkAll), "have those looked at that follow", id);
        }
    }

    private CompletionStage<@Nullable Void> checkAll(List<JobId> ids) {
        List<CompletableFuture<?>> checks = new ArrayList<>();
        for (JobId id : ids) {
            checks.add(store.waiting(id)
                    .thenCompose(waiting -> waiting == null ? done() : check(waiting))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(checks.toArray(CompletableFuture<?>[]::new));
    }

    /** Looks at those at which nobody has looked for a while: some end where no gateway is told. */
    CompletionStage<@Nullable Void> checkDue(int most) {
        return store.due(most).thenCompose(due -> {
            List<CompletableFuture<?>> checks = new ArrayList<>();
            due.forEach(waiting -> checks.add(check(waiting).toCompletableFuture()));
            return CompletableFuture.allOf(checks.toArray(CompletableFuture<?>[]::new));
        });
    }

    /** Learns whether there is anything to do when a job ends. */
    CompletionStage<Long> count() {
        return store.count().thenApply(count -> {
            used = count > 0;
            return count;
        });
    }

    private CompletionStage<@Nullable Void> check(Waiting waiting) {
        JobId id = waiting.entry().id();
        return jobs.work(id).thenCompose(work -> {
            if (work == null) {
                boolean abandoned = clock.millis() - waiting.sinceMillis() > ABANDONED_MILLIS;
                return abandoned ? store.forget(id) : done();
            }
            return work.state() == JobState.QUEUED
                    ? readAll(waiting.after()).thenCompose(reads -> decide(waiting, reads))
                    : store.forget(id);
        });
    }

    private CompletionStage<@Nullable Void> decide(Waiting waiting, Map<JobId, StoreRead> reads) {
        Set<JobId> completed = new HashSet<>();
        for (Map.Entry<JobId, StoreRead> read : reads.entrySet()) {
            JobId id = read.getKey();
            StoreRead found = read.getValue();
            JobState state =
                    found.snapshot() == null ? null : found.snapshot().present().state();
            if (state == null) {
                return stop(waiting, error("upstream-gone", "job " + id + ", for which it waited, is no longer known"));
            }
            if (state == JobState.COMPLETED) {
                completed.add(id);
            } else if (state.isTerminal()) {
                return stop(
                        waiting,
                        error(
                                "upstream-" + state.wireName(),
                                "job " + id + ", for which it waited, "
                                        + (state == JobState.FAILED ? "failed" : "was cancelled")));
            }
        }
        if (completed.size() == reads.size()) {
            return release(waiting);
        }
        return completed.isEmpty()
                ? done()
                : store.resolve(waiting.entry().id(), completed).thenApply(left -> null);
    }

    /** It waits for workers now. Where its queue is full, the next look tries again. */
    private CompletionStage<@Nullable Void> release(Waiting waiting) {
        return queue.add(waiting.entry())
                .thenCompose(added -> added == Added.FULL
                        ? done()
                        : store.forget(waiting.entry().id()));
    }

    private static byte[] error(String code, String message) {
        return ("{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"retryable\":false}").getBytes(ISO_8859_1);
    }

    private CompletionStage<@Nullable Void> stop(Waiting waiting, byte[] error) {
        JobId id = waiting.entry().id();
        JobState state = waiting.afterFailure() == AfterFailure.CANCEL ? JobState.CANCELLED : JobState.FAILED;
        JobChange change = new JobChange(state, null, null, null, error, null, null);
        return jobs.apply(id, change, SELF)
                .thenCompose(write -> store.forget(id))
                .thenApply(forgotten -> {
                    ended(id);
                    return null;
                });
    }

    /** Those that a job waits for, by its submission, and those that wait for it. */
    CompletionStage<List<JobId>> downstream(JobId id) {
        return store.downstream(id);
    }
}
