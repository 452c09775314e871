package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;

/** {@code DELETE /jobs/{id}}: cancels a job; the same again is no error. */
final class CancelEndpoint implements Endpoint {
    private final Services services;

    CancelEndpoint(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        JobId id = exchange.request().jobId();
        Origins.check(exchange.request(), services.config());
        Origin origin = new Origin(exchange.principal().owner(), false, null);
        exchange.replyWhen(
                services.store().apply(id, JobChange.to(JobState.CANCELLED), origin),
                write -> exchange.reply(answer(id, write)));
    }

    private Reply answer(JobId id, StoreWrite write) {
        return switch (write.outcome()) {
            case APPLIED, DUPLICATE -> JobReplies.state(services.hints().body(write.job()));
            case REFUSED -> WorkerEventEndpoint.refused(write.job(), JobState.CANCELLED.wireName());
            case UNKNOWN -> JobReplies.unknown(id);
            case EXPIRED -> JobReplies.expired(id);
            default -> throw new IllegalStateException("apply answered " + write.outcome());
        };
    }
}
