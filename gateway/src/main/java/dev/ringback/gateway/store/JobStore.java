package dev.ringback.gateway.store;

import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The truth about jobs. Each change is one atomic step: everything is checked first, then written, and the event is published
 * last.
 *
 * <p>No method blocks, and any thread may call. Each stage completes on the loop of the job's shard, within {@code store.timeout},
 * and exceptionally only with a {@link StoreException}. A change whose stage fails with {@link StoreException.Kind#TIMEOUT} may
 * or may not have happened.
 */
public interface JobStore extends AutoCloseable {
    /** Reads a job from the primary: what it says is the truth at some moment between call and completion. */
    CompletionStage<StoreRead> read(JobId id);

    /** The bytes of a result too large for the job's document; null where there is none. Valid JSON. */
    CompletionStage<byte @Nullable []> result(JobId id);

    /**
     * Makes a job, or finds that the id is taken: {@link StoreWrite.Outcome#CREATED}, {@code REPEATED}, {@code CONFLICT},
     * {@code EXPIRED} or {@code UNKNOWN} (another owner's). A job that a worker's event made, and nobody submitted, is adopted.
     */
    CompletionStage<StoreWrite> create(JobId id, NewJob job, Submission submission);

    /** Moves a job, or refuses: {@link StoreWrite.Outcome}. */
    CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin origin);

    /** How the work on a job stands; null for one that waits in no queue, or has expired, and where there is none. */
    CompletionStage<@Nullable JobWork> work(JobId id);

    /** What was submitted, for another try; null for a job that a worker's event made, and where there is none. */
    CompletionStage<@Nullable NewJob> submitted(JobId id);

    /**
     * One page of the jobs that are not expired. The list may miss a job that is being made or ended at this moment; each job on it is as
     * a read would tell. Completes on any loop.
     */
    CompletionStage<JobPage> list(JobQuery query);

    /**
     * A secret that all who share this store know, and nobody else: the first who asks makes it, and it never changes. 32 bytes, not to
     * be changed by the caller.
     */
    CompletionStage<byte[]> secret();

    /** Why the store can't serve now, in words for the operator; null while it can. */
    @Nullable String outage();

    /** Gives up what it holds; stages that are under way fail. */
    @Override
    void close();

    /**
     * Who submits a job.
     *
     * @param owner who may see the job; null for everybody
     * @param fingerprint of the request's body: the same id with the same fingerprint is a repeat, with another a conflict
     * @param maxAttempts how often workers get it from its queue; 0 for a job that waits in none
     * @param isIdNew whether the job's id was made for it just now, so that nobody can have used it
     */
    record Submission(@Nullable String owner, String fingerprint, int maxAttempts, boolean isIdNew) {
        /** Of a job with an id that others may know. */
        public Submission(@Nullable String owner, String fingerprint, int maxAttempts) {
            this(owner, fingerprint, maxAttempts, false);
        }

        /** Of a job that waits in no queue. */
        public Submission(@Nullable String owner, String fingerprint) {
            this(owner, fingerprint, 0);
        }

        /** The same of a job that waits in a queue. */
        public Submission trying(int attempts) {
            return new Submission(owner, fingerprint, attempts, isIdNew);
        }

        /** The same where the job has a new id. */
        public Submission withNewId() {
            return new Submission(owner, fingerprint, maxAttempts, true);
        }
    }

    /**
     * Who moves a job.
     *
     * @param owner changes only jobs of this owner, or of none; null for any job. Also the owner of a job that it creates
     * @param createsUnknown whether a change of an unknown job makes it
     * @param plainGateway names the gateway that heard a plain PUBLISH, which several may have heard; null for other origins
     * @param lease by which a worker moves the job; null for who has none
     */
    record Origin(
            @Nullable String owner,
            boolean createsUnknown,
            @Nullable String plainGateway,
            @Nullable LeaseUse lease) {
        /** Of a change without a lease. */
        public Origin(@Nullable String owner, boolean createsUnknown, @Nullable String plainGateway) {
            this(owner, createsUnknown, plainGateway, null);
        }
    }
}
