package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobPace;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.Problem;
import org.jspecify.annotations.Nullable;

/** {@code POST /jobs/{id}/retry}: makes a new job of one that failed with a retryable error. */
final class RetryEndpoint implements Endpoint {
    private final Services services;
    private final Resubmission resubmission;

    RetryEndpoint(Services services) {
        this.services = services;
        this.resubmission = new Resubmission(services);
    }

    @Override
    public void handle(Exchange exchange) {
        JobId id = exchange.request().jobId();
        Origins.check(exchange.request(), services.config());
        exchange.replyWhen(services.store().read(id), read -> retry(exchange, JobEndpoint.visible(exchange, id, read)));
    }

    private void retry(Exchange exchange, JobSnapshot failed) {
        JobEvent present = failed.present();
        if (!JobPace.of(present).retryable()) {
            throw refusal(present, "only a job that failed with \"retryable\":true is tried again");
        }
        exchange.replyWhen(resubmission.of(failed), made -> exchange.reply(answer(services, present, made)));
    }

    /** The new job: 202, or 200 where it was made before. */
    static Reply answer(Services services, JobEvent failed, Resubmission.@Nullable Made made) {
        if (made == null) {
            throw refusal(failed, "nobody submitted this job, so that there is nothing to submit again");
        }
        StoreWrite write = made.write();
        return switch (write.outcome()) {
            case CREATED ->
                new SubmittedGoal(202, null).present(services.hints().body(write.job()));
            case REPEATED ->
                new SubmittedGoal(200, null).present(services.hints().body(write.job()));
            case EXPIRED -> JobReplies.expired(made.id());
            case UNKNOWN, CONFLICT -> JobReplies.unknown(made.id());
            default -> throw new IllegalStateException("create answered " + write.outcome());
        };
    }

    private static Rejection refusal(JobEvent present, String why) {
        String detail = "job " + present.jobId() + " is " + present.state().wireName() + "; " + why;
        Problem problem = new Problem(409, "not-retryable", "The job cannot be tried again", detail);
        return new Rejection(Reply.of(409).body(Problem.MEDIA_TYPE, problem.json(present)));
    }
}
