package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.results.ResultId;
import dev.ringback.gateway.results.ResultMeta;
import dev.ringback.gateway.results.ResultStore;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.LeaseUse;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobJson;
import dev.ringback.protocol.JobResult;
import dev.ringback.protocol.JobState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The last steps of an upload that is whole: seal its bytes, complete the job with them, and answer. {@link ResultStore} draws them.
 *
 * @param lease by which the worker has the job; null for a worker that has none
 */
record UploadEnding(
        Services services,
        Exchange exchange,
        JobId job,
        ResultMeta meta,
        @Nullable LeaseUse lease) {
    /** How much longer than its job a result is kept, until the job's end is known. */
    private static final Duration MARGIN = Duration.ofMinutes(2);

    /**
     * What became of an upload.
     *
     * @param keepsBytes whether its bytes are a result, or may be one
     * @param isResult whether they became the job's result just now
     */
    record Outcome(Reply reply, boolean keepsBytes, boolean isResult) {
        private static Outcome removed(Reply reply) {
            return new Outcome(reply, false, false);
        }
    }

    /** Completes the job with the bytes, unless it has ended otherwise. */
    CompletionStage<Outcome> complete(ResultId stored, Duration life) {
        return results().seal(stored, meta, life.plus(MARGIN)).thenCompose(done -> apply(stored));
    }

    private CompletionStage<Outcome> apply(ResultId stored) {
        JobChange change = new JobChange(JobState.COMPLETED, null, null, stored.url(), null, null, null);
        boolean creates = services.config().jobs().autoCreate();
        Origin origin = new Origin(exchange.principal().owner(), creates && lease == null, null, lease);
        return services.store()
                .apply(job, change, origin)
                .thenCompose(write -> ended(stored, write))
                .exceptionallyCompose(failure -> {
                    StoreException named = StoreException.of(failure);
                    // Whether the job names the bytes is not known then: they stay, and end with the job or by
                    // themselves.
                    boolean unknown = named.kind() == StoreException.Kind.TIMEOUT;
                    return CompletableFuture.completedFuture(
                            new Outcome(JobReplies.unavailable(named), unknown, false));
                });
    }

    private CompletionStage<Outcome> ended(ResultId stored, StoreWrite write) {
        return switch (write.outcome()) {
            case APPLIED -> {
                long expires = JobResult.expiryOf(write.job());
                if (expires > 0) {
                    var unused = results().keepUntil(stored, expires);
                }
                yield CompletableFuture.completedFuture(new Outcome(accepted(write.job(), false), true, true));
            }
            case DUPLICATE, REFUSED -> compare(write.job());
            case STALE -> CompletableFuture.completedFuture(Outcome.removed(LeasedReports.stale(job, write.present())));
            case UNKNOWN -> CompletableFuture.completedFuture(Outcome.removed(JobReplies.unknown(job)));
            case EXPIRED -> CompletableFuture.completedFuture(Outcome.removed(JobReplies.expired(job)));
            default -> throw new IllegalStateException("apply answered " + write.outcome());
        };
    }

    /** The same bytes again are no mistake; others come too late. */
    CompletionStage<Outcome> compare(@Nullable JobEvent present) {
        if (present == null) {
            throw new IllegalStateException("nothing to compare with");
        }
        ResultId theirs = ResultId.of(present);
        CompletionStage<@Nullable ResultMeta> found = theirs == null
                ? CompletableFuture.completedFuture(null)
                : results().find(theirs);
        return found.thenApply(other -> {
            boolean same = other != null && other.sha256().equals(meta.sha256());
            return Outcome.removed(
                    same
                            ? accepted(present, true)
                            : WorkerEventEndpoint.refused(present, JobState.COMPLETED.wireName()));
        });
    }

    private Reply accepted(JobEvent present, boolean duplicate) {
        return Reply.json(200, JobJson.accepted(present.version(), duplicate)).header("ETag", meta.etag());
    }

    private ResultStore results() {
        return services.results().store();
    }
}
