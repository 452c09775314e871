package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.http.ApiDocument.Verdict;
import dev.ringback.gateway.http.ApiTour.Stop;
import dev.ringback.gateway.http.Services.Submitted;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.queue.Queues;
import dev.ringback.gateway.stream.StreamContext;
import dev.ringback.gateway.stream.StreamCounters;
import dev.ringback.gateway.testkit.TestGateway;
import io.netty.handler.codec.http.HttpMethod;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/openapi.yaml} says what the gateway does, no less and no more. */
class OpenApiIT {
    /** Answers to faults of the gateway itself, which no request brings about. */
    private static final Set<String> NEVER_SEEN =
            Set.of("urn:ringback:problem:internal", "urn:ringback:problem:no-answer");

    private static final ApiDocument DOCUMENT = new ApiDocument();
    private static List<Stop> stops;
    private static List<Verdict> verdicts;

    @BeforeAll
    static void goEverywhere() {
        stops = ApiTour.all();
        verdicts = stops.stream()
                .map(stop -> DOCUMENT.judge(stop.requestLine(), stop.answer()))
                .toList();
    }

    @Test
    void everyAnswerIsAsTheDocumentSays() {
        Map<String, List<String>> wrong = new TreeMap<>();
        for (int i = 0; i < stops.size(); i++) {
            Stop stop = stops.get(i);
            if (!verdicts.get(i).errors().isEmpty()) {
                wrong.put(
                        stop.requestLine() + "\n" + stop.answer().withoutDate(),
                        verdicts.get(i).errors());
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyAnswerThatTheDocumentNamesComes() {
        Set<String> seen = verdicts.stream().map(Verdict::place).collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>(DOCUMENT.places());
        missing.removeAll(seen);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyProblemThatTheDocumentNamesComes() {
        Set<String> seen =
                verdicts.stream().map(Verdict::code).filter(Objects::nonNull).collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>(DOCUMENT.codes());
        missing.removeAll(seen);
        assertThat(missing).isEqualTo(new TreeSet<>(NEVER_SEEN));
    }

    @Test
    void everyRouteIsInTheDocumentAndNoOther() {
        Map<String, Set<String>> described = new TreeMap<>();
        DOCUMENT.routes().forEach((path, methods) -> described.put(path, withTheGivenOnes(methods)));
        assertThat(router().routes()).isEqualTo(described);
        try (TestGateway gateway = TestGateway.start()) {
            described.forEach((path, methods) ->
                    assertThat(allowed(gateway, path)).as(path).isEqualTo(methods));
        }
    }

    /** One that serves nothing, and so needs neither a store nor shards. */
    static Router router() {
        GatewayConfig config = GatewayConfig.of();
        SecureRandom random = new SecureRandom();
        StreamContext streams =
                new StreamContext(new Hub(List.of()), config, new StreamCounters(), Overload.none(), random);
        Services services = new Services(null, null, streams, Submitted.ANY, Clock.systemUTC(), random);
        Queues queues =
                new Queues(new Queues.Parts(null, null, null, null, config.queues(), Clock.systemUTC(), random));
        Map<String, Map<HttpMethod, Endpoint>> routes = new LinkedHashMap<>(WebhookRoutes.ofClients(null, config));
        routes.putAll(QueueRoutes.ofClients(queues, services));
        return new Router(new Authenticator(config.auth()), services, routes);
    }

    /** HEAD wherever there is GET, and OPTIONS everywhere, as the introduction says. */
    private static Set<String> withTheGivenOnes(Set<String> methods) {
        Set<String> all = new TreeSet<>(methods);
        all.add("OPTIONS");
        if (methods.contains("GET")) {
            all.add("HEAD");
        }
        return all;
    }

    private static Set<String> allowed(TestGateway gateway, String path) {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer options = connection.exchange(RawConnection.request("OPTIONS", path.replace("*", "id")));
            assertThat(options.status()).isEqualTo(204);
            return new TreeSet<>(List.of(options.header("Allow").split(", ")));
        }
    }
}
