package dev.ringback.gateway.http;

import static io.netty.handler.codec.http.HttpMethod.DELETE;
import static io.netty.handler.codec.http.HttpMethod.GET;
import static io.netty.handler.codec.http.HttpMethod.POST;

import dev.ringback.gateway.queue.Queues;
import io.netty.handler.codec.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is served of queues. */
public final class QueueRoutes {
    private static final int MAX_TYPE = 128;
    private static final int MAX_DIGITS = 9;

    private QueueRoutes() {}

    /** For the port of the clients and workers. */
    public static Map<String, Map<HttpMethod, Endpoint>> ofClients(Queues queues, Services services) {
        QueueEndpoints figures = new QueueEndpoints(queues);
        DeadLetterEndpoints dead = new DeadLetterEndpoints(queues, services);
        Map<String, Map<HttpMethod, Endpoint>> routes = new LinkedHashMap<>();
        routes.put("jobs/*/tree", Map.of(GET, new TreeEndpoint(queues, services)));
        if (!services.config().queues().enabled()) {
            return routes;
        }
        WorkerEventEndpoint events = new WorkerEventEndpoint(services, new LeasedReports(queues.desk()));
        routes.put("jobs/*/events", Map.of(GET, new JobEndpoint(services)::stream, POST, events));
        routes.put("queues", Map.of(GET, figures::list));
        routes.put("queues/*", Map.of(GET, figures::show));
        routes.put("queues/*/lease", Map.of(POST, new LeaseEndpoint(queues, services)));
        routes.put("queues/*/dead", Map.of(GET, dead::list, DELETE, dead::purge));
        routes.put("queues/*/dead/replay", Map.of(POST, dead::replayAll));
        routes.put("queues/*/dead/*", Map.of(GET, dead::show, DELETE, dead::remove));
        routes.put("queues/*/dead/*/replay", Map.of(POST, dead::replay));
        return routes;
    }

    /** For the port of the operators: how the queues fare. */
    static Map<String, Map<HttpMethod, Endpoint>> ofOperators(Queues queues) {
        QueueEndpoints figures = new QueueEndpoints(queues);
        Map<String, Map<HttpMethod, Endpoint>> routes = new LinkedHashMap<>();
        routes.put("queues", Map.of(GET, figures::list));
        routes.put("queues/*", Map.of(GET, figures::show));
        return routes;
    }

    /** Only workers see and move queues: a client sees its own jobs. */
    static void requireWorker(Exchange exchange) {
        if (!exchange.principal().movesJobs()) {
            throw Rejection.of(403, "not-a-worker", "Forbidden", "only a worker's token has to do with queues");
        }
    }

    /**
     * The type of jobs that the path names.
     *
     * @throws Rejection 400 where it can be none
     */
    static String type(Request request) {
        String type = request.segments().get(1);
        requireName("a type", type, MAX_TYPE);
        return type;
    }

    /**
     * @throws Rejection 400 where a text is no name
     */
    static void requireName(String what, String text, int max) {
        boolean plain = text.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (text.isEmpty() || text.length() > max || !plain) {
            throw Rejection.badRequest(
                    "name-malformed",
                    what + " must have 1 to " + max + " characters, none of them a control character");
        }
    }

    /**
     * A parameter that is there.
     *
     * @throws Rejection 400 where it is no such number
     */
    static int number(Request request, String name, int min, int max) {
        String text = String.valueOf(request.parameter(name));
        boolean digits =
                !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : -1;
        if (number < min || number > max) {
            throw Rejection.badRequest(
                    name + "-malformed", "\"" + name + "\" must be a whole number, " + min + " to " + max);
        }
        return number;
    }
}
