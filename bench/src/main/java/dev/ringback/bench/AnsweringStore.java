package dev.ringback.bench;

import dev.ringback.gateway.store.JobPage;
import dev.ringback.gateway.store.JobQuery;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store that has every job, and keeps none: each read makes the job anew, so that whoever reads holds all of what was read, as
 * it does with a store in another process. It only reads.
 */
final class AnsweringStore implements JobStore {
    private static final int BASE_36 = 36;
    /** Incarnations from here on have eight characters. */
    private static final long FIRST_INCARNATION = 78_364_164_096L;

    private final int documentBytes;
    private final RandomGenerator random;

    AnsweringStore(int documentBytes, RandomGenerator random) {
        this.documentBytes = documentBytes;
        this.random = random;
    }

    @Override
    public CompletionStage<StoreRead> read(JobId id) {
        String incarnation = Long.toString(random.nextLong(FIRST_INCARNATION, BASE_36 * FIRST_INCARNATION), BASE_36);
        byte[] document = HandHub.document(id, 1, documentBytes);
        JobEvent present = new JobEvent(id, incarnation, 1, JobState.PROCESSING, true, document);
        return CompletableFuture.completedFuture(StoreRead.found(new JobSnapshot(present, null)));
    }

    @Override
    public CompletionStage<byte @Nullable []> result(JobId id) {
        throw new UnsupportedOperationException("result of " + id);
    }

    @Override
    public CompletionStage<StoreWrite> create(JobId id, NewJob job, Submission submission) {
        throw new UnsupportedOperationException("create " + id);
    }

    @Override
    public CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin origin) {
        throw new UnsupportedOperationException("apply to " + id);
    }

    @Override
    public CompletionStage<@Nullable JobWork> work(JobId id) {
        throw new UnsupportedOperationException("submission of " + id);
    }

    @Override
    public CompletionStage<@Nullable NewJob> submitted(JobId id) {
        throw new UnsupportedOperationException("submission of " + id);
    }

    @Override
    public CompletionStage<JobPage> list(JobQuery query) {
        throw new UnsupportedOperationException("list " + query);
    }

    @Override
    public CompletionStage<byte[]> secret() {
        throw new UnsupportedOperationException("secret");
    }

    @Override
    public @Nullable String outage() {
        return null;
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
