package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.http.DerivedIds.Purpose;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.gateway.stream.LongPoll;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJobReader;
import dev.ringback.protocol.Problem;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /jobs} and {@code PUT /jobs/{id}}: takes a job and answers with its id at once, or waits if asked to. The same
 * {@code Idempotency-Key} leads to the same id, and so to the same job.
 */
final class SubmitEndpoint implements Endpoint {
    private final Services services;
    private final DerivedIds ids;

    SubmitEndpoint(Services services) {
        this.services = services;
        this.ids = new DerivedIds(services.store());
    }

    /** A submission that was read, and can be stored. */
    private record Order(
            Exchange exchange,
            NewJob job,
            Submission submission,
            @Nullable Duration wish) {}

    @Override
    public void handle(Exchange exchange) {
        Request request = exchange.request();
        boolean named = request.method().equals(HttpMethod.PUT);
        JobId given = named ? request.jobId() : null;
        String key = named ? null : IdempotencyKey.of(request);
        Duration wish = request.wish();
        byte[] body = Bodies.json(exchange, services);
        NewJob job = correlated(read(body), request);
        services.submitted().check(job);
        requireInTime(job);
        String owner = exchange.principal().owner();
        Submission submission = new Submission(owner, Authenticator.digest(body));
        Order order = new Order(exchange, job, submission, wish);
        if (key != null) {
            exchange.replyWhen(ids.of(Purpose.IDEMPOTENCY_KEY, owner, key), id -> submit(order, id));
        } else if (given != null) {
            submit(order, given);
        } else {
            submit(
                    new Order(exchange, job, submission.withNewId(), wish),
                    JobId.random(services.clock().millis(), services.random()));
        }
    }

    private static NewJob read(byte[] body) {
        try {
            return NewJobReader.read(body);
        } catch (InvalidDocumentException e) {
            throw Rejection.badRequest("job-malformed", e.detail());
        }
    }

    /** A job whose time comes when it is too old would never be done, and without queues nobody would see to its plan. */
    private void requireInTime(NewJob job) {
        if (!services.config().queues().enabled() && !job.plan().equals(NewJob.Plan.NONE)) {
            throw Rejection.badRequest(
                    "job-malformed",
                    "\"maxAttempts\", \"runAt\" and \"after\" need queues.enabled, which is false here");
        }
        Duration maxAge = services.config().jobs().maxAge();
        if (job.plan().runAtMillis() - services.clock().millis() >= maxAge.toMillis()) {
            throw Rejection.badRequest(
                    "job-malformed", "\"runAt\" must be less than jobs.max-age from now, which is " + maxAge);
        }
    }

    /** The header counts where the body says nothing. */
    private static NewJob correlated(NewJob job, Request request) {
        String header = request.headers().get(AnswerHeaders.CORRELATION_ID);
        boolean wanted = header != null && job.correlationId() == null && AnswerHeaders.isEchoed(header);
        return wanted ? job.correlatedBy(header) : job;
    }

    private void submit(Order order, JobId id) {
        order.exchange()
                .replyWhen(
                        services.store().create(id, order.job(), order.submission()),
                        write -> answer(order, id, write));
    }

    private void answer(Order order, JobId id, StoreWrite write) {
        Exchange exchange = order.exchange();
        switch (write.outcome()) {
            case CREATED -> accepted(order, id, 202, write);
            case REPEATED -> accepted(order, id, 200, write);
            case EXPIRED -> exchange.reply(JobReplies.expired(id));
            case UNKNOWN -> exchange.reply(JobReplies.unknown(id));
            case CONFLICT -> {
                Problem problem = new Problem(
                        422,
                        "job-differs",
                        "The job was submitted before, and differs",
                        "job " + id + " was submitted with another body");
                exchange.reply(Reply.problem(problem));
            }
            default -> throw new IllegalStateException("create answered " + write.outcome());
        }
    }

    /** Answers with the job now, or once it has ended, where the client wants to wait for that. */
    private void accepted(Order order, JobId id, int status, StoreWrite write) {
        Duration wish = order.wish();
        Exchange exchange = order.exchange();
        SubmittedGoal goal = new SubmittedGoal(status, exchange.request().preferredWait());
        if (wish == null || wish.isZero() || services.overload().refusesWaits()) {
            exchange.reply(goal.present(services.hints().body(write.job())));
            return;
        }
        new LongPoll(services.streams(), exchange.connection(), exchange.principal(), id, goal)
                .start(services.streams().longPoll(wish));
    }
}
