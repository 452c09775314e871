package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.store.JobPage;
import dev.ringback.gateway.store.JobPlace;
import dev.ringback.gateway.store.JobQuery;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobJson;
import dev.ringback.protocol.JobState;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code GET /jobs}: the caller's jobs, newest first, a page at a time (RFC 8288). */
final class ListEndpoint implements Endpoint {
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;
    private static final int MAX_TYPE = 128;

    private final Services services;

    ListEndpoint(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        Request request = exchange.request();
        JobQuery query = new JobQuery(
                exchange.principal().owner(),
                states(request),
                type(request),
                request.limit(DEFAULT_LIMIT, MAX_LIMIT),
                place(request));
        exchange.replyWhen(services.store().list(query), page -> exchange.reply(answer(request, page)));
    }

    private static Set<JobState> states(Request request) {
        Set<JobState> states = EnumSet.noneOf(JobState.class);
        String parameter = request.parameter("status");
        if (parameter == null) {
            return states;
        }
        for (String name : parameter.split(",", -1)) {
            JobState state = JobState.parse(name);
            if (state == null) {
                String known =
                        Arrays.stream(JobState.values()).map(JobState::wireName).collect(Collectors.joining(", "));
                throw Rejection.badRequest(
                        "status-malformed", "\"status\" must be one or several, with commas between, of " + known);
            }
            states.add(state);
        }
        return states;
    }

    private static @Nullable String type(Request request) {
        String type = request.parameter("type");
        if (type != null && (type.isEmpty() || type.length() > MAX_TYPE)) {
            throw Rejection.badRequest("type-malformed", "\"type\" must have 1 to " + MAX_TYPE + " characters");
        }
        return type;
    }

    private static @Nullable JobPlace place(Request request) {
        return PageCursor.read(request, cursor -> {
            JobId id = JobId.parse(cursor.id());
            return id == null ? null : new JobPlace(cursor.createdMillis(), id);
        });
    }

    private Reply answer(Request request, JobPage page) {
        List<byte[]> bodies = page.jobs().stream()
                .map(job -> services.hints().body(job.present()).bytes())
                .toList();
        JobPlace place = page.next();
        String next = place == null
                ? null
                : new PageCursor(place.createdMillis(), place.id().toString())
                        .url("/jobs", request, List.of("status", "type", "limit"));
        return PageCursor.link(Reply.json(200, JobJson.list(bodies, next)).header("Vary", "Authorization"), next);
    }
}
