package dev.ringback.gateway.stream;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.hub.HttpBody;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.Problem;

/** The HTTP answers that are about one job. */
public final class JobReplies {
    private static final String VARY = "Accept, Prefer, Authorization";
    private static final String RETRY_AFTER = "Retry-After";
    /** Of answers that are about no job in particular. */
    private static final int SOON_SECONDS = 1;

    private static final int QUEUE_SECONDS = 5;

    private JobReplies() {}

    /** 200 with the job. */
    public static Reply state(HttpBody present) {
        return state(200, present);
    }

    /** The job with the given status. */
    public static Reply state(int status, HttpBody present) {
        Reply reply = about(Reply.json(status, present.bytes()));
        return hinted(tagged(reply, present.event()), present.retryAfterSeconds());
    }

    private static Reply tagged(Reply reply, JobEvent present) {
        return reply.header("ETag", present.cursor().etag());
    }

    private static Reply hinted(Reply reply, int seconds) {
        return seconds == 0 ? reply : reply.header(RETRY_AFTER, Integer.toString(seconds));
    }

    /** 200 with a result, which is JSON. */
    public static Reply result(byte[] json) {
        return about(Reply.json(200, json));
    }

    /** 304: the client has this state already. */
    public static Reply notModified(JobEvent present, int retryAfterSeconds) {
        return hinted(tagged(about(Reply.of(304)), present), retryAfterSeconds);
    }

    /** 204: the client has heard the end already; it stops an EventSource. */
    static Reply nothingNew() {
        return about(Reply.of(204));
    }

    /** 303 to where the result lives. */
    public static Reply elsewhere(String url) {
        return about(Reply.of(303)).header("Location", url);
    }

    /** 408: the wait for the job's end is over, and the job is not; here it is. A client asks again. */
    public static Reply notYet(HttpBody present) {
        return soon(about(Reply.json(408, present.bytes())));
    }

    /** 404, the same for a job that is not there and for another owner's. */
    public static Reply unknown(JobId id) {
        return about(Reply.problem(new Problem(404, "job-unknown", "No such job", "there is no job " + id)));
    }

    public static Reply expired(JobId id) {
        return about(Reply.problem(
                new Problem(410, "job-expired", "The job has expired", "job " + id + " ended and is no longer kept")));
    }

    public static Reply gone(JobId id, GoneReason reason) {
        return reason == GoneReason.EXPIRED ? expired(id) : unknown(id);
    }

    /** 503: the store can't answer now, and says why; or what else stands against what was asked. */
    public static Reply unavailable(StoreException failure) {
        if (failure.kind() == StoreException.Kind.QUEUE_FULL) {
            return about(Reply.problem(new Problem(429, "queue-full", "Too many jobs wait", failure.detail())))
                    .header(RETRY_AFTER, Integer.toString(QUEUE_SECONDS));
        }
        if (failure.kind() == StoreException.Kind.AFTER_REFUSED) {
            return about(Reply.problem(
                    new Problem(422, "after-refused", "The job cannot wait for these", failure.detail())));
        }
        String code = "store-" + failure.kind().name().toLowerCase(java.util.Locale.ROOT);
        return overloaded(new Problem(503, code, "The store cannot answer", failure.detail()));
    }

    public static Reply overloaded(Problem problem) {
        return soon(about(Reply.problem(problem)));
    }

    private static Reply soon(Reply reply) {
        return reply.header(RETRY_AFTER, Integer.toString(SOON_SECONDS));
    }

    /** An answer about a job, which depends on who asks and how. */
    public static Reply about(Reply reply) {
        return reply.header("Vary", VARY);
    }
}
