package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.store.JobPage;
import dev.ringback.gateway.store.JobQuery;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.LeaseUse;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A job store whose jobs wait in queues. A job is in its queue before its record is written, and leaves it after its end is: whatever
 * stops between the two leaves a job in a queue that has no business there, and never one without that waits for workers.
 */
public final class QueuedJobs implements JobStore {
    private final JobStore jobs;
    private final QueueStore queue;
    private final Dependencies dependencies;
    private final QueuePlaces places;
    private final ToIntFunction<String> maxAttempts;

    /**
     * Jobs that wait in these queues.
     *
     * @param maxAttempts how often a job of a type is tried where its submission does not say
     */
    QueuedJobs(Queues.Parts parts, Dependencies dependencies, QueuePlaces places, ToIntFunction<String> maxAttempts) {
        this.jobs = parts.jobs();
        this.queue = parts.queue();
        this.dependencies = dependencies;
        this.places = places;
        this.maxAttempts = maxAttempts;
    }

    /** An id that somebody else could have used is looked for first: a job that is there has its place already, or is to have none. */
    @Override
    public CompletionStage<StoreWrite> create(JobId id, NewJob job, Submission given) {
        int wanted = job.plan().maxAttempts();
        Submission submission = given.trying(wanted > 0 ? wanted : maxAttempts.applyAsInt(job.type()));
        Entry entry = new Entry(
                id, job.type(), given.owner(), job.priority(), job.plan().runAtMillis());
        if (!job.plan().after().isEmpty()) {
            return dependencies.submit(entry, job, submission);
        }
        if (given.isIdNew()) {
            return enter(entry, job, submission);
        }
        return jobs.read(id)
                .thenCompose(read -> read.status() == StoreRead.Status.ABSENT
                        ? enter(entry, job, submission)
                        : jobs.create(id, job, submission)
                                .thenCompose(write -> isHere(write) ? enterAgain(entry, write) : Slices.of(write)));
    }

    private CompletionStage<StoreWrite> enter(Entry entry, NewJob job, Submission submission) {
        return queue.add(entry).thenCompose(added -> {
            if (added == Added.FULL) {
                return Slices.failed(Dependencies.full(entry.type()));
            }
            CompletionStage<StoreWrite> created = jobs.create(entry.id(), job, submission);
            return added == Added.ADDED
                    ? created.whenComplete((write, failure) -> settle(entry, write, failure))
                    : created.thenCompose(write -> isHere(write) ? enterAgain(entry, write) : Slices.of(write));
        });
    }

    private static boolean isHere(StoreWrite write) {
        return write.outcome() == Outcome.CREATED || write.outcome() == Outcome.REPEATED;
    }

    /** Who else has added the job may take it out again because its own submission was refused. */
    private CompletionStage<StoreWrite> enterAgain(Entry entry, StoreWrite write) {
        JobWork work = write.work();
        if (work == null || work.state() != JobState.QUEUED) {
            return Slices.of(write);
        }
        Entry present = new Entry(entry.id(), work.type(), work.owner(), entry.priority(), work.dueMillis());
        return queue.add(present).thenCompose(added -> QueuePlaces.orFull(added, entry.type(), write));
    }

    /** A job that was not written, or is another submission's, leaves the queue, and gets the place that its record has, if any. */
    private void settle(Entry entry, @Nullable StoreWrite write, @Nullable Throwable failure) {
        JobId id = entry.id();
        boolean isMine = write != null && isHere(write) && QueuePlaces.belongs(write.work(), entry.type());
        if (!isMine && (failure == null || StoreException.isUnwritten(failure))) {
            Queues.unheard(places.move(entry.type(), id), "leave its queue", id);
        }
    }

    @Override
    public CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin origin) {
        return jobs.apply(id, change, origin).thenApply(write -> {
            if (write.outcome() == Outcome.APPLIED) {
                moved(id, change, origin.lease(), write);
            }
            return write;
        });
    }

    /** The record has moved: nobody waits for the queue to follow, which its keeper sees to where this fails. */
    private void moved(JobId id, JobChange change, @Nullable LeaseUse lease, StoreWrite write) {
        JobWork work = write.work();
        JobState state = write.job().state();
        if (work != null && state == JobState.QUEUED && lease != null) {
            Return why = change.state() == JobState.QUEUED ? Return.RELEASED : Return.RETRIED;
            Queues.unheard(
                    queue.giveBack(work.type(), id, lease.leaseId(), work.dueMillis(), why), "return to its queue", id);
        } else if (work != null && state.isTerminal()) {
            Queues.unheard(queue.end(work.type(), id, QueuePlaces.ending(work)), "leave its queue", id);
        }
        if (state.isTerminal()) {
            dependencies.ended(id, state);
        }
    }

    @Override
    public CompletionStage<StoreRead> read(JobId id) {
        return jobs.read(id);
    }

    @Override
    public CompletionStage<byte @Nullable []> result(JobId id) {
        return jobs.result(id);
    }

    @Override
    public CompletionStage<@Nullable JobWork> work(JobId id) {
        return jobs.work(id);
    }

    @Override
    public CompletionStage<@Nullable NewJob> submitted(JobId id) {
        return jobs.submitted(id);
    }

    @Override
    public CompletionStage<JobPage> list(JobQuery query) {
        return jobs.list(query);
    }

    @Override
    public CompletionStage<byte[]> secret() {
        return jobs.secret();
    }

    @Override
    public @Nullable String outage() {
        return jobs.outage();
    }

    @Override
    public void close() {
        jobs.close();
    }
}
