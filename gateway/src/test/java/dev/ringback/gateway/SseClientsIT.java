package dev.ringback.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringback.gateway.DemoPageIT.Browser;
import dev.ringback.gateway.SseClient.Heard;
import dev.ringback.gateway.testkit.NodeProject;
import dev.ringback.gateway.testkit.TcpProxy;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Event streams as clients that others wrote take them apart, directly and behind an nginx that buffers: each event is heard when it happens, as it
 * was meant, and once, though the connection is cut.
 */
@Tag("conformance")
class SseClientsIT {
    /** What would end a line, a field or a string somewhere on the way. */
    private static final String MESSAGE =
            "first\nsecond\r\nthird\rdata: x\n\nid: 7\n\u0000\u0085\u2028\u2029 \u00e9\ud83d\ude00\ufeff\"\\</script>";

    private static final Duration IN_TIME = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestGateway gateway;
    private static NginxProcess nginx;
    private static Browser browser;

    enum Client {
        CHROMIUM,
        NODE,
        OKHTTP
    }

    enum Route {
        DIRECT,
        NGINX_HTTP_1_0,
        NGINX_HTTP_1_1
    }

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.start("stream.retry=100ms", "stream.heartbeat=1m");
        nginx = NginxProcess.isThere()
                ? NginxProcess.inFrontOf(gateway.address().getPort())
                : null;
        browser = Browser.isThere() ? Browser.start() : null;
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (nginx != null) {
            nginx.close();
        }
        gateway.close();
    }

    static Stream<Arguments> clientsAndRoutes() {
        return Stream.of(Client.values())
                .flatMap(client -> Stream.of(Route.values()).map(route -> Arguments.of(client, route)));
    }

    @ParameterizedTest
    @MethodSource("clientsAndRoutes")
    void eachEventIsHeardAtOnceAndOnceThoughTheConnectionIsCut(Client client, Route route) throws Exception {
        String job = "/jobs/" + client + "-" + route;
        send("PUT", job, BodyPublishers.ofString("{\"type\":\"t\"}"), 202);
        try (TcpProxy line = TcpProxy.to(port(route));
                SseClient source = connect(client, URI.create("http://127.0.0.1:" + line.port() + job + "/events"))) {
            awaitHeard(source, 1);
            send("POST", job + "/events", BodyPublishers.ofString(progress()), 200);
            awaitHeard(source, 2);

            int streamsBefore = line.accepted();
            line.resetAll();
            await().atMost(IN_TIME).until(() -> line.accepted() > streamsBefore && waiting() == 1);
            send("POST", job + "/events", BodyPublishers.ofString("{\"progress\":{\"current\":2}}"), 200);
            awaitHeard(source, 3);
            send("POST", job + "/events", BodyPublishers.ofString("{\"status\":\"completed\",\"result\":[]}"), 200);
            await().atMost(IN_TIME).until(source::hasStopped);

            List<Heard> heard = source.heard();
            assertThat(heard).extracting(Heard::name).containsExactly("status", "progress", "progress", "complete");
            assertThat(heard)
                    .extracting(each -> each.document().path("version").intValue())
                    .containsExactly(1, 2, 3, 4);
            assertThat(heard)
                    .allSatisfy(each -> assertThat(each.id())
                            .isEqualTo(each.document().path("incarnation").textValue() + "-"
                                    + each.document().path("version")));
            assertThat(heard.get(1).document().path("progress").path("message").textValue())
                    .isEqualTo(MESSAGE);
        }
        assertThat(waiting()).isZero();
    }

    /** With every kind of line break between the tokens, which JSON allows. */
    private static String progress() {
        ObjectNode message = SseClient.JSON.createObjectNode().put("message", MESSAGE);
        return "{\"progress\":{\r\n\r\"current\"\n\n:\r\r1,\n"
                + message.toString().substring(1) + "}";
    }

    private static void awaitHeard(SseClient source, int count) {
        await().atMost(IN_TIME).until(() -> source.heard().size() == count);
    }

    private static int port(Route route) {
        if (route == Route.DIRECT) {
            return gateway.address().getPort();
        }
        assumeThat(nginx).as(NginxProcess.ABSENT).isNotNull();
        return route == Route.NGINX_HTTP_1_0 ? nginx.portOf10() : nginx.portOf11();
    }

    private static SseClient connect(Client client, URI stream) throws Exception {
        return switch (client) {
            case CHROMIUM -> {
                assumeThat(browser).as(Browser.ABSENT).isNotNull();
                yield new SseClient.OfChromium(browser, stream);
            }
            case NODE -> {
                assumeThat(NodeProject.isPossible()).as(NodeProject.ABSENT).isTrue();
                yield new SseClient.OfNode(NodeProject.install("sse", "follow.mjs"), stream);
            }
            case OKHTTP -> new SseClient.OfOkHttp(stream);
        };
    }

    private static void send(String method, String path, BodyPublisher body, int status) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(gateway.http(path)).method(method, body).build();
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    }

    private static double waiting() throws IOException {
        try (InputStream metrics = gateway.admin("/metrics").toURL().openStream()) {
            return new String(metrics.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("ringback_waiting{transport=\"sse\"} "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf("} ") + 2)))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
