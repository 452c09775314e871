package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin port: probes, metrics, and what an operator asks of a running gateway. */
public final class AdminRouter implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AdminRouter.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
    private static final List<String> PATHS = List.of("/livez", "/readyz", "/metrics", "/config", "/loglevel");

    /**
     * What the pages show.
     *
     * @param unready why the gateway is not ready, a reason each; empty where it is
     * @param details what {@code /readyz?verbose} adds, a line each
     * @param config the configuration in force, without secrets
     */
    public record Pages(
            Supplier<List<String>> unready,
            Supplier<List<String>> details,
            Supplier<CompletionStage<byte[]>> metrics,
            String config,
            LogLevel logLevel) {}

    /** The level that is logged from. */
    public interface LogLevel {
        String get();

        /** Sets it; false for an unknown one. */
        boolean set(String level);
    }

    private final Pages pages;

    public AdminRouter(Pages pages) {
        this.pages = pages;
    }

    @Override
    public void handle(HttpRequest head, byte[] body, ClientConnection connection) {
        try {
            Request request = new Request(head, body);
            String path = request.segments().size() == 1 ? request.segments().get(0) : "";
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
            default ->
                throw Rejection.of(
                        404, "no-such-route", "Not found", "the admin port serves " + String.join(", ", PATHS));
        }
    }

    private Reply readiness(Request request) {
        List<String> unready = pages.unready().get();
        StringBuilder text = new StringBuilder(unready.isEmpty() ? "ready" : "not ready");
        unready.forEach(reason -> text.append('\n').append(reason));
        if (request.parameter("verbose") != null) {
            pages.details().get().forEach(line -> text.append('\n').append(line));
        }
        return text(unready.isEmpty() ? 200 : 503, text.toString());
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
