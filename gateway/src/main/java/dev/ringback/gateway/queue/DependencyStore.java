package dev.ringback.gateway.queue;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob.AfterFailure;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs wait for others to complete. As with {@link QueueStore}, the jobs' records are the truth about the jobs; what is here only
 * saves looking for them.
 *
 * <p>No method blocks, and any thread may call. Stages fail with {@link dev.ringback.gateway.store.StoreException} only.
 */
public interface DependencyStore {
    /** How many jobs may wait for one. */
    int MOST_DOWNSTREAM = 1_000;

    /** How long after one look at a waiting job the next is due: what nobody told of is found by then. */
    long CHECK_MILLIS = 5_000;

    /**
     * A job that waits for others.
     *
     * @param after those that it still waits for
     * @param sinceMillis when it began to wait, since the epoch
     */
    record Waiting(QueueStore.Entry entry, Set<JobId> after, AfterFailure afterFailure, long sinceMillis) {
        public Waiting {
            after = Set.copyOf(after);
        }
    }

    /** Lets a job wait: false where so many wait already for one of the others that it can't, or {@code queues.depth} wait in all. */
    CompletionStage<Boolean> await(Waiting waiting);

    /** What a job still waits for; null where it does not wait. */
    CompletionStage<@Nullable Waiting> waiting(JobId id);

    /** The jobs that wait for this one, or did: they are known for {@code jobs.max-age}. */
    CompletionStage<List<JobId>> downstream(JobId id);

    /** A job waits no longer for these: how many others are left; -1 where it did not wait. */
    CompletionStage<Integer> resolve(JobId id, Collection<JobId> completed);

    /** A job does not wait any more. Who waited for what stays known. */
    CompletionStage<Void> forget(JobId id);

    /** Jobs at which nobody has looked for {@link #CHECK_MILLIS}; now somebody does. */
    CompletionStage<List<Waiting>> due(int most);

    /** How many jobs wait for others. */
    CompletionStage<Long> count();
}
