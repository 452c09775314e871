package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.gateway.stream.LongPoll;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJobReader;
import dev.ringback.protocol.Problem;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code POST /jobs} and {@code PUT /jobs/{id}}: takes a job and answers with its id at once, or waits if asked to. */
final class SubmitEndpoint implements Endpoint {
    private final Services services;

    SubmitEndpoint(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        Request request = exchange.request();
        boolean named = request.method().equals(HttpMethod.PUT);
        JobId id = named ? request.jobId() : JobId.random(services.clock().millis(), services.random());
        Duration wish = request.wish();
        byte[] body = Bodies.json(exchange, services);
        NewJob job = read(body);
        services.submitted().check(job);
        Submission submission = new Submission(exchange.principal().owner(), Authenticator.digest(body));
        exchange.replyWhen(services.store().create(id, job, submission), write -> {
            if (write.outcome() == StoreWrite.Outcome.CREATED) {
                services.submitted().accepted(id, job);
            }
            answer(exchange, id, write, wish);
        });
    }

    private static NewJob read(byte[] body) {
        try {
            return NewJobReader.read(body);
        } catch (InvalidDocumentException e) {
            throw Rejection.badRequest("job-malformed", e.detail());
        }
    }

    private void answer(Exchange exchange, JobId id, StoreWrite write, @Nullable Duration wish) {
        switch (write.outcome()) {
            case CREATED -> accepted(exchange, write.job(), wish);
            case REPEATED -> exchange.reply(JobReplies.state(write.job()));
            case EXPIRED -> exchange.reply(JobReplies.expired(id));
            case UNKNOWN -> exchange.reply(JobReplies.unknown(id));
            case CONFLICT -> {
                Problem problem = new Problem(
                        422, "job-differs", "The id is taken", "job " + id + " was submitted with another body");
                exchange.reply(Reply.problem(problem));
            }
            default -> throw new IllegalStateException("create answered " + write.outcome());
        }
    }

    private void accepted(Exchange exchange, JobEvent present, @Nullable Duration wish) {
        if (wish == null || wish.isZero()) {
            exchange.reply(SubmittedGoal.accepted(present));
            return;
        }
        SubmittedGoal goal = new SubmittedGoal(exchange.request().preferredWait());
        new LongPoll(services.streams(), exchange.connection(), exchange.principal(), present.jobId(), goal)
                .start(services.streams().longPoll(wish));
    }
}
