package dev.ringback.gateway.http;

import static io.netty.handler.codec.http.HttpMethod.DELETE;
import static io.netty.handler.codec.http.HttpMethod.GET;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the endpoint for a request: the map of everything that the port serves. */
public final class Router implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private static final byte[] NO_BODY = {};

    private final Authenticator authenticator;
    private final CorsConfig cors;
    private final Overload overload;
    private final Routes routes;

    public Router(Authenticator authenticator, Services services) {
        this(authenticator, services, Map.of());
    }

    /** With further routes, as in {@link Routes}. */
    public Router(Authenticator authenticator, Services services, Map<String, Map<HttpMethod, Endpoint>> more) {
        this.authenticator = authenticator;
        this.cors = services.config().cors();
        this.overload = services.overload();
        JobEndpoint job = new JobEndpoint(services);
        SubmitEndpoint submit = new SubmitEndpoint(services);
        Map<String, Map<HttpMethod, Endpoint>> all = new LinkedHashMap<>();
        all.put("", Map.of(GET, new PageEndpoint("index.html", "'self' ws: wss:")));
        all.put("jobs", Map.of(GET, new ListEndpoint(services), POST, submit));
        all.put("jobs/*", Map.of(GET, job, PUT, submit, DELETE, new CancelEndpoint(services)));
        all.put("jobs/*/retry", Map.of(POST, new RetryEndpoint(services)));
        all.put("jobs/*/result", Map.of(GET, new ResultEndpoint(services), PUT, new UploadEndpoint(services)));
        all.put("jobs/*/result/url", Map.of(POST, new ResultLinkEndpoint(services)));
        all.put("jobs/*/events", Map.of(GET, job::stream, POST, new WorkerEventEndpoint(services)));
        all.put("events", Map.of(GET, new ManyEventsEndpoint(services)));
        all.put("ws", Map.of(GET, new WebSocketEndpoint(services)));
        all.putAll(more);
        this.routes = new Routes(all, allowed -> new OptionsEndpoint(allowed, cors));
    }

    /** What is served, for those who check its description: the methods of each path, {@code *} standing for an id. */
    Map<String, Set<String>> routes() {
        return routes.methods();
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
            Endpoint endpoint = routes.find(request);
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
            if (!(routes.find(request) instanceof UploadEndpoint upload)) {
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
