package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Viewer;
import dev.ringback.gateway.stream.LongPoll;
import dev.ringback.protocol.JobId;
import java.time.Duration;

/** {@code GET /jobs/{id}/result}: waits for the job's end, and answers with what came of it. */
final class ResultEndpoint implements Endpoint {
    /** Whoever shows a signed URL. */
    private static final Principal BEARER_OF_URL = new Principal(null, false);

    private final Services services;
    private final ResultLinks links;

    ResultEndpoint(Services services) {
        this.services = services;
        this.links = new ResultLinks(services);
    }

    @Override
    public boolean isPublic(Request request) {
        return ResultLinks.isSigned(request);
    }

    @Override
    public void handle(Exchange exchange) {
        JobId id = exchange.request().jobId();
        Duration wish = exchange.request().wish();
        Duration wait = services.streams()
                .longPoll(wish == null ? services.config().longPoll().defaultWait() : wish);
        if (ResultLinks.isSigned(exchange.request())) {
            links.check(exchange, id, () -> await(exchange, id, BEARER_OF_URL, wait));
        } else {
            await(exchange, id, exchange.principal(), wait);
        }
    }

    private void await(Exchange exchange, JobId id, Viewer viewer, Duration wait) {
        ResultGoal goal = new ResultGoal(services, DownloadConditions.of(exchange.request()));
        new LongPoll(services.streams(), exchange.connection(), viewer, id, goal).start(wait);
    }
}
