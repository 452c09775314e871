package dev.ringback.gateway.queue;

import dev.ringback.protocol.JobId;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs wait for workers, in which order, and which are leased. One queue for each type of job. The job's record is the truth
 * about the job; a queue only knows whose turn it is and when a lease is over. Each method is one atomic step on one queue, and a step
 * on a job that the queue does not know does nothing: whoever dies between a step here and one on the record leaves something that
 * {@link QueueKeeper} puts right.
 *
 * <p>The order: among owners in turn, so that one with many jobs does not keep the others waiting; among the jobs of one owner by
 * when they were added, each step of priority counting as {@code queues.aging} of waiting, so that none waits for ever. A job that is
 * not yet due, and one that is tried again later, takes its place when its time comes. Jobs of nobody are of one owner.
 *
 * <p>No method blocks, and any thread may call. Stages fail with {@link dev.ringback.gateway.store.StoreException} only.
 */
public interface QueueStore extends AutoCloseable {
    /** How long a lease that {@link #lost} has named is left to the caller. */
    long CLAIM_MILLIS = 10_000;

    /**
     * A job that waits.
     *
     * @param owner null for nobody's
     * @param dueMillis before which nobody gets it, since the epoch; 0 for at once
     */
    record Entry(JobId id, String type, @Nullable String owner, int priority, long dueMillis) {}

    /** What became of an addition. */
    enum Added {
        ADDED,
        /** It waits already, or is leased: nothing was changed. */
        PRESENT,
        /** {@code queues.depth} jobs of the type wait. */
        FULL
    }

    /** Adds a job. */
    CompletionStage<Added> add(Entry entry);

    /**
     * A worker's wish for jobs.
     *
     * @param most how many, at least 1
     * @param worker its name, by which workers are counted
     * @param owner whose jobs it may have, beside those of nobody; null for everybody's
     * @param othersWait whether there are others behind it who may have the same jobs, and who are to hear of more too
     */
    record Wish(
            String type, int most, String worker, @Nullable String owner, long leaseMillis, boolean othersWait) {
        public Wish(String type, int most, String worker, @Nullable String owner, long leaseMillis) {
            this(type, most, worker, owner, leaseMillis, false);
        }

        Wish beforeOthers() {
            return new Wish(type, most, worker, owner, leaseMillis, true);
        }
    }

    /**
     * A job that a worker has.
     *
     * @param leaseId unguessable, and another each time
     * @param deadlineMillis when it is over, since the epoch
     */
    record Lease(JobId id, String leaseId, long deadlineMillis) {}

    /**
     * What there was.
     *
     * @param againMillis in so many milliseconds there may be more though {@link #onWork} says nothing: a job becomes due, or the
     *     rate permits another; {@link Long#MAX_VALUE} where nothing of the kind is known
     * @param drained whether there is no more now, and {@link #onWork} says when there is, for a minute: so it is where there were
     *     fewer than were wished for, and where {@link Wish#othersWait} and these were the last
     */
    record Taken(List<Lease> leases, long againMillis, boolean drained) {
        public Taken {
            leases = List.copyOf(leases);
        }
    }

    /** Leases jobs, within the concurrency and the rate of their type. */
    CompletionStage<Taken> take(Wish wish);

    /** Lets a lease go on for so long from now: its new deadline since the epoch, or 0 where it is not, or no longer, the job's. */
    CompletionStage<Long> renew(String type, JobId id, String leaseId, long leaseMillis);

    /** Why a leased job is queued again. */
    enum Return {
        /** Its worker failed, or was not heard of in time. */
        RETRIED,
        /** Its worker gave it back. */
        RELEASED,
        /** No worker has seen it. */
        UNTOUCHED
    }

    /** Queues a job again that this lease has, be it lost: with its owner, priority and age, from the time on when it is due. */
    CompletionStage<Void> giveBack(String type, JobId id, String leaseId, long dueMillis, Return why);

    /** How a job leaves its queue. */
    enum Ending {
        COMPLETED,
        FAILED,
        CANCELLED,
        /** It failed for good in workers' hands, and is kept as a dead letter. */
        DEAD,
        /** It is no job of this queue any more, and is not counted. */
        DROPPED
    }

    /** Removes a job, wherever in its queue it is; counts it once. Dead letters beyond {@code queues.dead} push out the oldest. */
    CompletionStage<Void> end(String type, JobId id, Ending how);

    /**
     * Leases that are over, the longest first. They are the caller's for {@link #CLAIM_MILLIS}: nobody else is told of them, and they
     * can't be renewed any more. The caller says what becomes of each by {@link #giveBack} or {@link #end}.
     */
    CompletionStage<List<Lease>> lost(String type, int most);

    /** The jobs that wait the longest, due or not, without the first so many of them. */
    CompletionStage<List<JobId>> oldest(String type, int skip, int most);

    /** A dead letter, and when it died, since the epoch. */
    record Dead(JobId id, long diedMillis) {}

    /** Dead letters, the latest first; those after the given one, or from the first where there is none. */
    CompletionStage<List<Dead>> dead(String type, int most, @Nullable Dead after);

    /** Takes dead letters off the list: how many there were. */
    CompletionStage<Integer> bury(String type, List<JobId> ids);

    /** The queues that there are or were, by their types in order, without the first so many. */
    CompletionStage<List<String>> types(int skip, int most);

    /** Forgets a queue, and what it has counted, in which there is nothing, and for which no worker has asked for a minute. */
    CompletionStage<Void> forgetIdle(String type);

    CompletionStage<QueueFigures> figures(String type);

    /** Whether this gateway is the one that looks after lost leases now: one of a fleet is. */
    CompletionStage<Boolean> keeps();

    /**
     * Hears of types of which there may be more now: of each for which somebody here wished for more than there was, and maybe of others.
     * Any thread.
     */
    void onWork(Consumer<String> listener);

    @Override
    void close();
}
