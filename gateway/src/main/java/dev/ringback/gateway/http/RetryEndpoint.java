package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.http.DerivedIds.Purpose;
import dev.ringback.gateway.hub.HttpBody;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobPace;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.Problem;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /jobs/{id}/retry}: makes a new job of one that failed with a retryable error. Its id follows from the failed job, so
 * that a second call finds the first one's job.
 */
final class RetryEndpoint implements Endpoint {
    private final Services services;
    private final DerivedIds ids;

    RetryEndpoint(Services services) {
        this.services = services;
        this.ids = new DerivedIds(services.store());
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
        exchange.replyWhen(services.store().submitted(present.jobId()), submitted -> {
            if (submitted == null) {
                throw refusal(present, "nobody submitted this job, so that there is nothing to submit again");
            }
            NewJob again = submitted.retrying(present.jobId());
            services.submitted().check(again);
            String life = present.jobId() + " " + present.incarnation();
            exchange.replyWhen(
                    ids.of(Purpose.RETRY, failed.owner(), life), id -> submit(exchange, id, again, failed.owner()));
        });
    }

    private void submit(Exchange exchange, JobId id, NewJob job, @Nullable String owner) {
        Submission submission = new Submission(owner, "retry of " + job.originalJobId());
        exchange.replyWhen(services.store().create(id, job, submission), write -> {
            if (write.outcome() == StoreWrite.Outcome.CREATED) {
                services.submitted().accepted(id, job);
            }
            exchange.reply(answer(id, write));
        });
    }

    private Reply answer(JobId id, StoreWrite write) {
        return switch (write.outcome()) {
            case CREATED -> new SubmittedGoal(202, null).present(body(write));
            case REPEATED -> new SubmittedGoal(200, null).present(body(write));
            case EXPIRED -> JobReplies.expired(id);
            case UNKNOWN, CONFLICT -> JobReplies.unknown(id);
            default -> throw new IllegalStateException("create answered " + write.outcome());
        };
    }

    private HttpBody body(StoreWrite write) {
        return services.hints().body(write.job());
    }

    private static Rejection refusal(JobEvent present, String why) {
        String detail = "job " + present.jobId() + " is " + present.state().wireName() + "; " + why;
        Problem problem = new Problem(409, "not-retryable", "The job cannot be tried again", detail);
        return new Rejection(Reply.of(409).body(Problem.MEDIA_TYPE, problem.json(present)));
    }
}
