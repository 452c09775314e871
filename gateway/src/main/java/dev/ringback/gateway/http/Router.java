package dev.ringback.gateway.http;

import static io.netty.handler.codec.http.HttpMethod.DELETE;
import static io.netty.handler.codec.http.HttpMethod.GET;
import static io.netty.handler.codec.http.HttpMethod.HEAD;
import static io.netty.handler.codec.http.HttpMethod.OPTIONS;
import static io.netty.handler.codec.http.HttpMethod.POST;
import static io.netty.handler.codec.http.HttpMethod.PUT;

import dev.ringback.gateway.config.CorsConfig;
import dev.ringback.gateway.connection.BodySink;
import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.HeadedConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.overload.Pressure;
import dev.ringback.gateway.overload.Shortage;
import dev.ringback.protocol.Problem;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the endpoint for a request: the map of everything that the port serves. */
public final class Router implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    /** A path, {@code *} standing for any one part, and who answers which method there. */
    private record Route(List<String> pattern, Map<String, Endpoint> endpoints) {
        boolean matches(List<String> segments) {
            if (segments.size() != pattern.size()) {
                return false;
            }
            for (int i = 0; i < pattern.size(); i++) {
                if (!pattern.get(i).equals("*") && !pattern.get(i).equals(segments.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final byte[] NO_BODY = {};

    private final Authenticator authenticator;
    private final CorsConfig cors;
    private final Overload overload;
    private final List<Route> routes;

    public Router(Authenticator authenticator, Services services) {
        this.authenticator = authenticator;
        this.cors = services.config().cors();
        this.overload = services.overload();
        JobEndpoint job = new JobEndpoint(services);
        SubmitEndpoint submit = new SubmitEndpoint(services);
        this.routes = List.of(
                route("", Map.of(GET, new DemoPageEndpoint())),
                route("jobs", Map.of(GET, new ListEndpoint(services), POST, submit)),
                route("jobs/*", Map.of(GET, job, PUT, submit, DELETE, new CancelEndpoint(services))),
                route("jobs/*/retry", Map.of(POST, new RetryEndpoint(services))),
                route("jobs/*/result", Map.of(GET, new ResultEndpoint(services), PUT, new UploadEndpoint(services))),
                route("jobs/*/result/url", Map.of(POST, new ResultLinkEndpoint(services))),
                route("jobs/*/events", Map.of(GET, job::stream, POST, new WorkerEventEndpoint(services))),
                route("events", Map.of(GET, new ManyEventsEndpoint(services))),
                route("ws", Map.of(GET, new WebSocketEndpoint(services))));
    }

    private Route route(String path, Map<HttpMethod, Endpoint> endpoints) {
        List<String> pattern = path.isEmpty() ? List.of() : List.of(path.split("/"));
        Map<String, Endpoint> byName = new TreeMap<>();
        endpoints.forEach((method, endpoint) -> byName.put(method.name(), endpoint));
        if (endpoints.containsKey(GET)) {
            byName.put(HEAD.name(), endpoints.get(GET));
        }
        SortedSet<String> allowed = new TreeSet<>(byName.keySet());
        allowed.add(OPTIONS.name());
        byName.put(OPTIONS.name(), new OptionsEndpoint(String.join(", ", allowed), cors));
        return new Route(pattern, byName);
    }

    /** What is served, for those who check its description: the methods of each path, {@code *} standing for a job id. */
    Map<String, Set<String>> routes() {
        Map<String, Set<String>> methods = new TreeMap<>();
        routes.forEach(route -> methods.put(
                "/" + String.join("/", route.pattern()), route.endpoints().keySet()));
        return methods;
    }

    @Override
    public void handle(HttpRequest head, byte[] body, ClientConnection client) {
        ClientConnection connection = client;
        try {
            Request request = new Request(head, body);
            List<String> headers = AnswerHeaders.of(request, cors);
            if (!headers.isEmpty()) {
                connection = new HeadedConnection(client, headers);
                LOG.debug("{} {} with {}", head.method(), request.segments(), headers);
            }
            Shortage shortage = TurnAway.shortage(request, overload);
            if (shortage != null) {
                TurnAway.answer(request, connection, overload, shortage);
                return;
            }
            Endpoint endpoint = endpointFor(request);
            Principal principal = endpoint.isPublic(request) ? Principal.NOBODY : authenticator.authenticate(request);
            endpoint.handle(new Exchange(request, principal, connection));
        } catch (Rejection rejection) {
            connection.reply(rejection.reply());
        } catch (RuntimeException bug) {
            LOG.error("{} failed", head.method(), bug);
            connection.reply(internalError());
        }
    }

    @Override
    public @Nullable BodySink receive(HttpRequest head, ClientConnection client) {
        if (overload.pressure() == Pressure.CRITICAL && !isTakenWhenCritical(head)) {
            return TurnAway.refusedBody(head, client, overload, Shortage.MEMORY, cors);
        }
        // Others are not read twice.
        if (!head.method().equals(PUT)) {
            return null;
        }
        Request request;
        UploadEndpoint endpoint;
        try {
            request = new Request(head, NO_BODY);
            if (!(endpointFor(request) instanceof UploadEndpoint upload)) {
                return null;
            }
            endpoint = upload;
        } catch (Rejection toBeAnsweredWhenWhole) {
            return null;
        }
        ClientConnection connection = new HeadedConnection(client, AnswerHeaders.of(request, cors));
        if (overload.refusesWaits()) {
            return TurnAway.refusedBody(head, client, overload, Shortage.MEMORY, cors);
        }
        try {
            return endpoint.receive(new Exchange(request, authenticator.authenticate(request), connection));
        } catch (Rejection rejection) {
            return new RefusedBody(rejection.reply(), connection);
        }
    }

    /** What has no body to speak of is answered when it is whole. */
    private static boolean isTakenWhenCritical(HttpRequest head) {
        if (!head.method().equals(PUT) && !head.method().equals(POST)) {
            return true;
        }
        try {
            return TurnAway.isWorkerEvent(new Request(head, NO_BODY));
        } catch (Rejection toBeAnsweredWhenWhole) {
            return true;
        }
    }

    private Endpoint endpointFor(Request request) {
        for (Route route : routes) {
            if (route.matches(request.segments())) {
                Endpoint endpoint = route.endpoints().get(request.method().name());
                if (endpoint == null) {
                    throw new Rejection(methodNotAllowed(route));
                }
                return endpoint;
            }
        }
        throw Rejection.of(404, "no-such-route", "Not found", "nothing is served at this path");
    }

    private static Reply methodNotAllowed(Route route) {
        return methodNotAllowed(String.join(", ", route.endpoints().keySet()));
    }

    /** 405 with the methods that are allowed instead (RFC 9110, section 15.5.6). */
    static Reply methodNotAllowed(String allowed) {
        Problem problem = new Problem(405, "method-not-allowed", "Method not allowed", "allowed here: " + allowed);
        return Reply.problem(problem).header("Allow", allowed);
    }

    static Reply internalError() {
        return Reply.problem(new Problem(500, "internal", "Internal error", "the gateway's log has the details"))
                .closing();
    }
}
