package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobChangeReader;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobJson;
import dev.ringback.protocol.Problem;
import dev.ringback.protocol.WorkerReport;
import org.jspecify.annotations.Nullable;

/** {@code POST /jobs/{id}/events}: a worker says what became of a job. */
final class WorkerEventEndpoint implements Endpoint {
    private final Services services;
    private final @Nullable LeasedReports reports;

    WorkerEventEndpoint(Services services) {
        this(services, null);
    }

    /** @param reports takes what workers say of jobs that they have a lease of; null where there are no leases */
    WorkerEventEndpoint(Services services, @Nullable LeasedReports reports) {
        this.services = services;
        this.reports = reports;
    }

    @Override
    public void handle(Exchange exchange) {
        JobId id = exchange.request().jobId();
        if (!exchange.principal().movesJobs()) {
            throw Rejection.of(403, "not-a-worker", "Forbidden", "only a worker's token moves jobs");
        }
        WorkerReport report = read(Bodies.json(exchange, services));
        if (report.leaseId() != null && reports != null) {
            reports.take(exchange, id, report, report.leaseId());
            return;
        }
        JobChange change = report.change();
        if (change == null) {
            throw Rejection.of(409, "lease-stale", "The lease is over", "this gateway gives no leases");
        }
        boolean creates = services.config().jobs().autoCreate();
        Origin origin = new Origin(exchange.principal().owner(), creates, null);
        exchange.replyWhen(
                services.store().apply(id, change, origin), write -> exchange.reply(answer(id, change, write)));
    }

    private static WorkerReport read(byte[] body) {
        try {
            return JobChangeReader.readReport(body);
        } catch (InvalidDocumentException e) {
            throw Rejection.badRequest("event-malformed", e.detail());
        }
    }

    private static Reply answer(JobId id, JobChange change, StoreWrite write) {
        return switch (write.outcome()) {
            case APPLIED -> Reply.json(200, JobJson.accepted(write.job().version(), false));
            case DUPLICATE -> Reply.json(200, JobJson.accepted(write.job().version(), true));
            case REFUSED -> refused(write.job(), change.state().wireName());
            case UNKNOWN -> JobReplies.unknown(id);
            case EXPIRED -> JobReplies.expired(id);
            default -> throw new IllegalStateException("apply answered " + write.outcome());
        };
    }

    /** 409 with the state that the job is in. */
    static Reply refused(JobEvent present, String wanted) {
        String detail = "job " + present.jobId() + " is " + present.state().wireName() + " and cannot become " + wanted;
        Problem problem = new Problem(409, "transition-refused", "The job cannot be moved so", detail);
        return Reply.of(409).body(Problem.MEDIA_TYPE, problem.json(present));
    }
}
