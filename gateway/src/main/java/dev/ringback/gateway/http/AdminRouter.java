package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.config.AdminConfig;
import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.queue.Queues;
import dev.ringback.gateway.webhook.Webhooks;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin port: probes, metrics, and what an operator asks of a running gateway. */
public final class AdminRouter implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AdminRouter.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PATHS =
            "/, /livez, /readyz, /metrics, /config, /loglevel, /webhooks/deliveries, /queues";

    /**
     * What the pages show.
     *
     * @param readiness whether the gateway is ready
     * @param details what {@code /readyz?verbose} adds, a line each
     * @param config the configuration in force, without secrets
     */
    public record Pages(
            Probe readiness,
            Supplier<List<String>> details,
            Supplier<CompletionStage<byte[]>> metrics,
            String config,
            LogLevel logLevel) {}

    /** Whether the gateway should get new clients. Called on any loop; does not wait. */
    public interface Probe {
        /** Why not, a reason each; empty where it should. */
        List<String> failures();

        /** What is wrong without turning the probe red. */
        List<String> warnings();
    }

    /** The level that is logged from. */
    public interface LogLevel {
        String get();

        /** Sets it; false for an unknown one. */
        boolean set(String level);
    }

    private static final Set<String> PARTS = Set.of("webhooks", "queues");
    private static final Set<String> FOR_MACHINES = Set.of("livez", "readyz", "metrics");

    private final Pages pages;
    private final AdminConfig admin;
    private final Routes parts;
    private final PageEndpoint operatorPage = new PageEndpoint("operator.html", "'self'");

    public AdminRouter(Pages pages, Webhooks webhooks, Queues queues, GatewayConfig config) {
        this.pages = pages;
        this.admin = config.admin();
        Map<String, Map<HttpMethod, Endpoint>> routes =
                new LinkedHashMap<>(WebhookRoutes.ofOperators(webhooks, config));
        routes.putAll(QueueRoutes.ofOperators(queues));
        this.parts = new Routes(routes, null);
    }

    @Override
    public void handle(HttpRequest head, byte[] body, ClientConnection connection) {
        try {
            Request request = new Request(head, body);
            if (!isForMachines(request)) {
                Origins.checkOperator(request, admin);
            }
            if (isOfPart(request)) {
                parts.find(request).handle(new Exchange(request, Principal.ANYONE, connection));
                return;
            }
            if (request.segments().size() > 1) {
                throw unknown();
            }
            String path = request.segments().isEmpty() ? "" : request.segments().get(0);
            boolean reads =
                    request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
            if (!reads && !path.equals("loglevel")) {
                throw new Rejection(Router.methodNotAllowed("GET, HEAD"));
            }
            answer(path, request, connection);
        } catch (Rejection rejection) {
            connection.reply(rejection.reply());
        } catch (RuntimeException bug) {
            LOG.error("an admin request failed", bug);
            connection.reply(Router.internalError());
        }
    }

    /** Probes and scrapers come by whatever name they have, and learn nothing that is secret. */
    private static boolean isForMachines(Request request) {
        return !request.segments().isEmpty()
                && FOR_MACHINES.contains(request.segments().get(0));
    }

    private static boolean isOfPart(Request request) {
        return !request.segments().isEmpty()
                && PARTS.contains(request.segments().get(0));
    }

    private static Rejection unknown() {
        return Rejection.of(404, "no-such-route", "Not found", "the admin port serves " + PATHS);
    }

    private void answer(String path, Request request, ClientConnection connection) {
        switch (path) {
            case "livez" -> connection.reply(text(200, "ok"));
            case "readyz" -> connection.reply(readiness(request));
            case "metrics" ->
                pages.metrics()
                        .get()
                        .whenComplete((figures, failure) -> connection
                                .loop()
                                .run(() ->
                                        connection.reply(failure == null ? metrics(figures) : Router.internalError())));
            case "config" -> connection.reply(text(200, pages.config()));
            case "loglevel" -> connection.reply(logLevel(request));
            case "" -> operatorPage.handle(new Exchange(request, Principal.ANYONE, connection));
            default -> throw unknown();
        }
    }

    private Reply readiness(Request request) {
        List<String> failures = pages.readiness().failures();
        List<String> warnings = pages.readiness().warnings();
        String ready = warnings.isEmpty() ? "ready" : "ready, degraded";
        List<String> lines = new ArrayList<>(List.of(failures.isEmpty() ? ready : "not ready"));
        lines.addAll(failures);
        lines.addAll(warnings);
        if (request.parameter("verbose") != null) {
            lines.addAll(pages.details().get());
        }
        return text(failures.isEmpty() ? 200 : 503, String.join("\n", lines));
    }

    private Reply logLevel(Request request) {
        Map<HttpMethod, Boolean> writes =
                Map.of(HttpMethod.GET, false, HttpMethod.HEAD, false, HttpMethod.PUT, true, HttpMethod.POST, true);
        Boolean writing = writes.get(request.method());
        if (writing == null) {
            throw new Rejection(Router.methodNotAllowed("GET, HEAD, POST, PUT"));
        }
        String level = new String(request.body(), UTF_8).strip();
        if (writing && !pages.logLevel().set(level)) {
            throw Rejection.badRequest("level-unknown", "send one of trace, debug, info, warn, error");
        }
        return text(200, pages.logLevel().get());
    }

    private static Reply metrics(byte[] figures) {
        return Reply.of(200).body(METRICS, figures);
    }

    private static Reply text(int status, String text) {
        return Reply.of(status).body(TEXT, (text + "\n").getBytes(UTF_8));
    }
}
