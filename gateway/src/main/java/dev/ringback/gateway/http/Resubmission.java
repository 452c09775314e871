package dev.ringback.gateway.http;

import dev.ringback.gateway.http.DerivedIds.Purpose;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.NewJob;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Makes a new job of one that failed. Its id follows from the failed job, so that a second call finds the first one's job. */
final class Resubmission {
    private final Services services;
    private final DerivedIds ids;

    Resubmission(Services services) {
        this.services = services;
        this.ids = new DerivedIds(services.store());
    }

    /** The new job, and what became of its submission. */
    record Made(JobId id, StoreWrite write) {}

    /** Submits the job again; null where nobody submitted it. Fails with a {@link Rejection} where it is not taken any more. */
    CompletionStage<@Nullable Made> of(JobSnapshot failed) {
        JobEvent present = failed.present();
        return services.store().submitted(present.jobId()).thenCompose(submitted -> {
            if (submitted == null) {
                return CompletableFuture.completedFuture(null);
            }
            NewJob again = submitted.retrying(present.jobId());
            services.submitted().check(again);
            String life = present.jobId() + " " + present.incarnation();
            return ids.of(Purpose.RETRY, failed.owner(), life).thenCompose(id -> submit(id, again, failed.owner()));
        });
    }

    private CompletionStage<@Nullable Made> submit(JobId id, NewJob job, @Nullable String owner) {
        Submission submission = new Submission(owner, "retry of " + job.originalJobId());
        return services.store().create(id, job, submission).thenApply(write -> new Made(id, write));
    }
}
