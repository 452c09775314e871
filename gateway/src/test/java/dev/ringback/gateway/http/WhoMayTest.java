package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.TestGateway;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what where requests need a token: nobody learns of another owner's job that it is there. */
class WhoMayTest {
    private static final String SHOP = "Authorization: Bearer shop-client-token-1";
    private static final String OTHER = "Authorization: Bearer other-client-token-1";
    private static final String SHOP_WORKER = "Authorization: Bearer shop-worker-token-1";
    private static final String OTHER_WORKER = "Authorization: Bearer other-worker-token-1";
    private static final String TOKENS = "auth.tokens=[{token: shop-client-token-1, owner: shop, role: client}, "
            + "{token: other-client-token-1, owner: other, role: client}, "
            + "{token: shop-worker-token-1, owner: shop, role: worker}, "
            + "{token: other-worker-token-1, owner: other, role: worker}]";
    private static final String JOB = "{\"type\":\"t\"}";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("auth.mode=tokens", TOKENS, "jobs.auto-create=false");
        for (String id : List.of("secret", "secret-ended", "secret-large")) {
            assertThat(exchange(withBody("PUT", "/jobs/" + id, JOB, SHOP)).status())
                    .isEqualTo(202);
        }
        finish("secret-ended", "[1]");
        finish("secret-large", "\"" + "x".repeat(40_000) + "\"");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** A request for a job on each route that there is. */
    static List<String> routes() {
        return List.of(
                request("GET", "/jobs/ID"),
                request("HEAD", "/jobs/ID"),
                request("GET", "/jobs/job:ID"),
                request("GET", "/jobs/ID", "If-None-Match: *"),
                request("GET", "/jobs/ID?wait=1"),
                request("GET", "/jobs/ID?wait=1&after=k-1", "If-None-Match: *"),
                request("GET", "/jobs/ID", "Prefer: wait=1"),
                request("GET", "/jobs/ID", "Accept: text/event-stream"),
                request("GET", "/jobs/ID", "Accept: text/event-stream", "Last-Event-ID: k-1"),
                request("GET", "/jobs/ID/result"),
                request("GET", "/jobs/ID/result?wait=1"),
                request("HEAD", "/jobs/ID/result?wait=1"),
                request("GET", "/jobs/ID/events"),
                request("GET", "/events?jobs=ID"),
                request("GET", "/events?jobs=ID,nothing"),
                request("GET", "/events?jobs=nothing,ID"),
                request("DELETE", "/jobs/ID"));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void withoutATokenNothingIsServed(String route) {
        for (String header :
                List.of("X: y", "Authorization: Bearer unknown-token-123456", "Authorization: Basic c2hvcDpzaG9w")) {
            Mistake mistake = Mistake.of(header, authorized(route, "secret", header), 401);
            assertThat(mistake.checkOn(gateway).header("WWW-Authenticate")).startsWith("Bearer");
        }
    }

    @Test
    void withoutATokenNothingIsMadeOrMovedOrUpgraded() {
        Mistake.of("POST", withBody("POST", "/jobs", JOB), 401).checkOn(gateway);
        Mistake.of("PUT", withBody("PUT", "/jobs/secret", JOB), 401).checkOn(gateway);
        Mistake.of("event", withBody("POST", "/jobs/secret/events", "{\"status\":\"done\"}"), 401)
                .checkOn(gateway);
        Mistake.of("ws", RawWebSocket.handshake("/ws"), 401).checkOn(gateway);
        Mistake.of("ws", RawWebSocket.handshake("/jobs/secret"), 401).checkOn(gateway);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer  ",
                "Bearershop-client-token-1",
                "shop-client-token-1",
                "Token shop-client-token-1",
                "Basic shop-client-token-1",
                "Bearer shop-client-token-",
                "Bearer shop-client-token-12",
                "Bearer SHOP-CLIENT-TOKEN-1",
                "Bearer shop-client-token-1, Bearer x",
                "Bearer \"shop-client-token-1\"",
                "Bearer \u00e9\u00ff",
                "Bearer shop client"
            })
    void whatIsNoKnownBearerTokenIsRefused(String value) {
        Answer answer = Mistake.of(value, request("GET", "/jobs/secret", "Authorization: " + value), 401)
                .checkOn(gateway);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
        assertThat(answer.text()).as("an answer that repeats what was sent").doesNotContain("shop-client-token");
        Mistake.of("long", request("GET", "/jobs/secret", "Authorization: " + value + "x".repeat(10_000)), 401)
                .checkOn(gateway);
    }

    @Test
    void theSchemesNameMayBeWrittenInAnyCase() {
        assertThat(exchange(request("GET", "/jobs/secret", "authorization: bEARER shop-client-token-1"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theDemoPageIsForEverybody() {
        assertThat(exchange(request("GET", "/")).status()).isEqualTo(200);
    }

    @Test
    void aClientMovesNoJobs() {
        for (String id : List.of("secret", "nothing")) {
            Mistake.of(id, withBody("POST", "/jobs/" + id + "/events", "{\"status\":\"done\"}", SHOP), 403)
                    .checkOn(gateway);
        }
        assertThat(exchange(request("GET", "/jobs/secret", SHOP))
                        .json()
                        .path("status")
                        .textValue())
                .isEqualTo("queued");
    }

    @ParameterizedTest
    @MethodSource("routes")
    void anotherOwnersJobIsTheSame404AsNoJob(String route) {
        for (String id : List.of("secret", "secret-ended", "secret-large")) {
            String unknown = "q".repeat(id.length());
            Answer absent = exchange(authorized(route, unknown, OTHER));
            Answer hidden = exchange(authorized(route, id, OTHER));
            assertThat(hidden.withoutDate().replace(id, unknown)).as(id).isEqualTo(absent.withoutDate());
            assertThat(absent.status()).isEqualTo(404);
        }
        assertThat(exchange(request("GET", "/jobs/secret", SHOP))
                        .json()
                        .path("status")
                        .textValue())
                .isEqualTo("queued");
    }

    @Test
    void anotherOwnersWorkerSeesTheSame404() {
        String event = "{\"status\":\"cancelled\",\"error\":\"mine now\"}";
        for (String id : List.of("secret", "secret-ended")) {
            String unknown = "q".repeat(id.length());
            Answer absent = exchange(withBody("POST", "/jobs/" + unknown + "/events", event, OTHER_WORKER));
            Answer hidden = exchange(withBody("POST", "/jobs/" + id + "/events", event, OTHER_WORKER));
            assertThat(absent.status()).isEqualTo(404);
            assertThat(hidden.withoutDate().replace(id, unknown)).isEqualTo(absent.withoutDate());
        }
        assertThat(exchange(request("GET", "/jobs/secret", SHOP))
                        .json()
                        .path("status")
                        .textValue())
                .isEqualTo("queued");
    }

    @Test
    void anotherOwnersIdCannotBeTaken() {
        for (String body : List.of(JOB, "{\"type\":\"other\"}")) {
            Mistake.of("PUT", withBody("PUT", "/jobs/secret", body, OTHER), 404).checkOn(gateway);
        }
        assertThat(exchange(request("GET", "/jobs/secret", SHOP))
                        .json()
                        .path("type")
                        .textValue())
                .isEqualTo("t");
    }

    @Test
    void anotherOwnersJobIsGoneOnAWebSocketAsNoJobIs() {
        for (String id : List.of("secret", "secret-ended")) {
            String unknown = "q".repeat(id.length());
            assertThat(onWebSocket("/ws", id).replace(id, unknown)).isEqualTo(onWebSocket("/ws", unknown));
            assertThat(onWebSocket("/jobs/" + id, "").replace(id, unknown))
                    .isEqualTo(onWebSocket("/jobs/" + unknown, ""));
        }
    }

    @Test
    void anotherOwnersJobIsTheSame404WhereUnknownJobsAreWaitedFor() {
        try (TestGateway waiting = TestGateway.start(
                "auth.mode=tokens",
                TOKENS,
                "jobs.unknown=wait",
                "jobs.unknown-wait=500ms",
                "long-poll.default-wait=1s")) {
            exchange(waiting, withBody("PUT", "/jobs/secret", JOB, SHOP));
            List<String> routes = routes();
            List<Answer> absent = exchangeAll(
                    waiting,
                    routes.stream()
                            .map(route -> authorized(route, "qqqqqq", OTHER))
                            .toList());
            List<Answer> hidden = exchangeAll(
                    waiting,
                    routes.stream()
                            .map(route -> authorized(route, "secret", OTHER))
                            .toList());
            for (int i = 0; i < routes.size(); i++) {
                assertThat(withoutRetry(hidden.get(i).withoutDate().replace("secret", "qqqqqq")))
                        .as(routes.get(i))
                        .isEqualTo(withoutRetry(absent.get(i).withoutDate()));
            }
        }
    }

    @Test
    void anotherOwnersExpiredJobIsTheSame404AsNoJob() {
        try (TestGateway brief = TestGateway.start("auth.mode=tokens", TOKENS, "jobs.result-ttl=50ms")) {
            exchange(brief, withBody("PUT", "/jobs/secret", JOB, SHOP));
            exchange(brief, request("DELETE", "/jobs/secret", SHOP));
            await().until(() ->
                    exchange(brief, request("GET", "/jobs/secret", SHOP)).status() == 410);
            for (String route : routes()) {
                Answer absent = exchange(brief, authorized(route, "qqqqqq", OTHER));
                Answer hidden = exchange(brief, authorized(route, "secret", OTHER));
                assertThat(hidden.withoutDate().replace("secret", "qqqqqq"))
                        .as(route)
                        .isEqualTo(absent.withoutDate());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "secret"})
    void aWaitForAJobThatIsNotThereIsHeldNoLongerThanConfigured(String id) {
        try (TestGateway waiting =
                TestGateway.start("auth.mode=tokens", TOKENS, "jobs.unknown=wait", "jobs.unknown-wait=200ms")) {
            exchange(waiting, withBody("PUT", "/jobs/secret", JOB, SHOP));
            for (String wait : List.of("?wait=30", "/result", "/result?wait=30")) {
                assertThat(exchange(waiting, request("GET", "/jobs/" + id + wait, OTHER))
                                .status())
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void theOwnersWorkerAndClientSeeTheJob() {
        for (String header : List.of(SHOP, SHOP_WORKER)) {
            assertThat(exchange(request("GET", "/jobs/secret-ended/result", header))
                            .text())
                    .isEqualTo("[1]");
            assertThat(exchange(request("GET", "/jobs/secret-large/result", header))
                            .body())
                    .hasSize(40_002);
        }
    }

    /** The first two messages about a job, in the order of their text: they may come in either. */
    private static String onWebSocket(String path, String subscribed) {
        try (RawWebSocket client = RawWebSocket.open(gateway, path, OTHER)) {
            if (!subscribed.isEmpty()) {
                client.text("{\"subscribe\":\"" + subscribed + "\"}");
            }
            List<String> messages =
                    List.of(client.json().toString(), client.json().toString());
            client.isAlive();
            return messages.stream().sorted().toList().toString();
        }
    }

    private static void finish(String id, String result) {
        String event = "{\"status\":\"done\",\"result\":" + result + "}";
        assertThat(exchange(withBody("POST", "/jobs/" + id + "/events", event, SHOP_WORKER))
                        .status())
                .isEqualTo(200);
    }

    private static String withoutRetry(String answer) {
        return answer.replaceAll("retry: [0-9]+", "retry");
    }

    private static String authorized(String route, String id, String header) {
        return route.replace("ID ", id + " ")
                .replace("ID/", id + "/")
                .replace("ID?", id + "?")
                .replace("ID,", id + ",")
                .replace("Host: localhost\r\n", "Host: localhost\r\n" + header + "\r\n");
    }

    private static Answer exchange(String request) {
        return exchange(gateway, request);
    }

    private static Answer exchange(TestGateway on, String request) {
        try (RawConnection connection = new RawConnection(on)) {
            return connection.exchange(request);
        }
    }

    /** Each request on a connection of its own, all at once, because some are held for a while. */
    private static List<Answer> exchangeAll(TestGateway on, List<String> requests) {
        List<RawConnection> connections = requests.stream()
                .map(request -> new RawConnection(on).send(request))
                .toList();
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            try (RawConnection connection = connections.get(i)) {
                answers.add(connection.answer(requests.get(i).startsWith("HEAD ")));
            }
        }
        return answers;
    }
}
