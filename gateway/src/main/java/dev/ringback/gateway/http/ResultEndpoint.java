package dev.ringback.gateway.http;

import dev.ringback.gateway.stream.LongPoll;
import dev.ringback.protocol.JobId;
import java.time.Duration;

/** {@code GET /jobs/{id}/result}: waits for the job's end, and answers with what came of it. */
final class ResultEndpoint implements Endpoint {
    private final Services services;

    ResultEndpoint(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        Request request = exchange.request();
        JobId id = request.jobId();
        Duration wish = request.wish();
        Duration wait = services.streams()
                .longPoll(wish == null ? services.config().longPoll().defaultWait() : wish);
        ResultGoal goal = new ResultGoal(services.store());
        new LongPoll(services.streams(), exchange.connection(), exchange.principal(), id, goal).start(wait);
    }
}
