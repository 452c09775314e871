package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Puts jobs into the queue in which their records have them, and takes them out of others. Any thread. */
final class QueuePlaces {
    private final JobStore records;
    private final QueueStore queue;
    private final Dependencies dependencies;

    QueuePlaces(Queues.Parts parts, Dependencies dependencies) {
        this.records = parts.jobs();
        this.queue = parts.queue();
        this.dependencies = dependencies;
    }

    /** Whether a job has its place in the queue of a type: it waits for a worker there, or a worker has it by a lease. */
    static boolean belongs(@Nullable JobWork work, String type) {
        return work != null && work.type().equals(type) && isOfAQueue(work);
    }

    private static boolean isOfAQueue(JobWork work) {
        return work.state() == JobState.QUEUED || work.state() == JobState.PROCESSING && work.leaseId() != null;
    }

    /** Takes a job out of the queue of a type in which it does not {@link #belongs belong}, as its record says. */
    CompletionStage<@Nullable Void> leave(String type, JobId id, @Nullable JobWork work) {
        return work != null && work.type().equals(type) && work.state().isTerminal()
                ? queue.end(type, id, ending(work)).thenApply(done -> null)
                : move(type, id);
    }

    /** How a job that has ended leaves its queue. */
    static Ending ending(JobWork work) {
        return switch (work.state()) {
            case COMPLETED -> Ending.COMPLETED;
            case CANCELLED -> Ending.CANCELLED;
            case FAILED -> work.dead() ? Ending.DEAD : Ending.FAILED;
            case QUEUED, PROCESSING -> Ending.DROPPED;
        };
    }

    /**
     * Takes a job out of the queue of a type, where it is not as its record has it, and puts it where it is: a submission may have written
     * the record meanwhile.
     */
    CompletionStage<@Nullable Void> move(String type, JobId id) {
        return queue.end(type, id, Ending.DROPPED).thenCompose(left -> restore(id));
    }

    /** Puts a job into its queue, if its record has it in one, and it is not there. */
    CompletionStage<@Nullable Void> restore(JobId id) {
        return records.work(id)
                .thenCompose(work -> work == null || !isOfAQueue(work)
                        ? Slices.done()
                        : records.submitted(id).thenCompose(job -> restore(id, work, job)));
    }

    private CompletionStage<@Nullable Void> restore(JobId id, JobWork work, @Nullable NewJob job) {
        Entry entry = entry(id, work, job);
        return job != null && Dependencies.mayWait(work, job)
                ? dependencies
                        .waitsAgain(entry, job)
                        .thenCompose(waits ->
                                waits ? Slices.done() : queue.add(entry).thenApply(added -> null))
                : queue.add(entry).thenApply(added -> null);
    }

    /** A job's place as its record has it. */
    static Entry entry(JobId id, JobWork work, @Nullable NewJob job) {
        return new Entry(id, work.type(), work.owner(), job == null ? 0 : job.priority(), work.dueMillis());
    }

    /** Fails where the queue is full. */
    static <T> CompletionStage<T> orFull(Added added, String type, T otherwise) {
        return added == Added.FULL ? Slices.failed(Dependencies.full(type)) : Slices.of(otherwise);
    }
}
