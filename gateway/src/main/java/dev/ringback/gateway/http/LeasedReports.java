package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.queue.LeaseDesk;
import dev.ringback.gateway.queue.LeaseDesk.Answer;
import dev.ringback.gateway.queue.LeaseDesk.Verdict;
import dev.ringback.gateway.queue.LeaseToken;
import dev.ringback.gateway.queue.QueueJson;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobPace;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.Problem;
import dev.ringback.protocol.WorkerReport;
import org.jspecify.annotations.Nullable;

/** What workers say of jobs that they have a lease of: heartbeats, progress, ends, and that they give a job back. */
final class LeasedReports {
    private final LeaseDesk desk;

    LeasedReports(LeaseDesk desk) {
        this.desk = desk;
    }

    void take(Exchange exchange, JobId id, WorkerReport report, String leaseId) {
        LeaseToken token = token(leaseId);
        String owner = exchange.principal().owner();
        JobChange change = report.change();
        if (change == null) {
            exchange.replyWhen(desk.heartbeat(id, token, owner), answer -> reply(exchange, id, answer, null));
            return;
        }
        boolean permanent = change.state() == JobState.FAILED && JobPace.isPermanent(change.error());
        exchange.replyWhen(
                desk.report(id, change, token, owner, report.delayMillis(), permanent),
                answer -> reply(exchange, id, answer, change));
    }

    /**
     * Reads the id of a lease.
     *
     * @throws Rejection 400 where it is none
     */
    static LeaseToken token(String leaseId) {
        LeaseToken token = LeaseToken.parse(leaseId);
        if (token == null) {
            throw Rejection.badRequest("lease-malformed", "\"leaseId\" must be one that a lease came with");
        }
        return token;
    }

    private static void reply(Exchange exchange, JobId id, Answer answer, @Nullable JobChange change) {
        exchange.reply(
                switch (answer.verdict()) {
                    case TAKEN, DUPLICATE, CANCELLED -> Reply.json(200, QueueJson.report(answer, heartbeat(answer)));
                    case UNKNOWN -> JobReplies.unknown(id);
                    case EXPIRED -> JobReplies.expired(id);
                    case STALE -> stale(id, answer);
                    case REFUSED ->
                        answer.write() == null || change == null
                                ? stale(id, answer)
                                : WorkerEventEndpoint.refused(
                                        answer.write().job(), change.state().wireName());
                });
    }

    /** A heartbeat does not read the document, and needs no more than this. */
    private static JobState heartbeat(Answer answer) {
        return answer.verdict() == Verdict.CANCELLED ? JobState.CANCELLED : JobState.PROCESSING;
    }

    /** 409: the worker is to let go of the job, and to report nothing more of it. */
    private static Reply stale(JobId id, Answer answer) {
        return stale(id, answer.write() == null ? null : answer.write().present());
    }

    static Reply stale(JobId id, @Nullable JobSnapshot present) {
        Problem problem = new Problem(
                409, "lease-stale", "The lease is over", "job " + id + " is not, or no longer, held by this lease");
        byte[] body = present == null ? problem.json() : problem.json(present.present());
        return Reply.of(409).body(Problem.MEDIA_TYPE, body);
    }
}
