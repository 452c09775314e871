package dev.ringback.gateway.http;

import dev.ringback.gateway.stream.SseManyStream;
import dev.ringback.protocol.CursorVector;
import dev.ringback.protocol.JobId;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/** {@code GET /events?jobs=a,b,c}: one stream for several jobs. */
final class ManyEventsEndpoint implements Endpoint {
    private final Services services;

    ManyEventsEndpoint(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        Request request = exchange.request();
        List<JobId> ids = jobIds(request);
        if (request.method().equals(HttpMethod.HEAD)) {
            exchange.reply(JobEndpoint.headOfStream());
            return;
        }
        CursorVector seen = CursorVector.parse(request.headers().get("Last-Event-ID"));
        new SseManyStream(services.streams(), exchange.connection(), exchange.principal(), ids, seen).start();
    }

    private static List<JobId> jobIds(Request request) {
        String jobs = request.parameter("jobs");
        if (jobs == null || jobs.isEmpty()) {
            throw Rejection.badRequest("jobs-missing", "name the jobs: /events?jobs=a,b,c");
        }
        List<JobId> ids = Arrays.stream(jobs.split(",", -1)).map(Request::jobId).toList();
        if (ids.size() > CursorVector.MAX_JOBS) {
            String detail = "at most " + CursorVector.MAX_JOBS + " jobs on one stream; use a WebSocket for more";
            throw Rejection.badRequest("too-many-ids", detail);
        }
        if (new HashSet<>(ids).size() < ids.size()) {
            throw Rejection.badRequest("job-repeated", "each job may be named once");
        }
        return ids;
    }
}
