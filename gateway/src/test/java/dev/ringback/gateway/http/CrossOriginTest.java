package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.http.Api.Said;
import dev.ringback.gateway.testkit.TestGateway;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OPTIONS, and what pages of other sites may do (Fetch Standard). */
class CrossOriginTest {
    private static final String LISTED = "Origin: https://app.example";
    private static TestGateway gateway;
    private static Api api;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("cors.origins=[https://app.example]", "cors.max-age=7m");
        api = new Api(gateway);
        api.send("PUT", "/jobs/j", "{\"type\":\"t\"}");
        api.send("PUT", "/jobs/ended", "{\"type\":\"t\"}");
        api.event("ended", "{\"status\":\"completed\"}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/, 'GET, HEAD, OPTIONS'",
        "/jobs, 'GET, HEAD, OPTIONS, POST'",
        "/jobs/j, 'DELETE, GET, HEAD, OPTIONS, PUT'",
        "/jobs/j/events, 'GET, HEAD, OPTIONS, POST'",
        "/jobs/j/retry, 'OPTIONS, POST'",
        "/events, 'GET, HEAD, OPTIONS'"
    })
    void optionsAndTheRefusalOfAMethodSayWhatIsAllowed(String path, String allowed) {
        Said options = api.send("OPTIONS", path, "");

        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Allow")).isEqualTo(allowed);
        assertThat(options.header("Access-Control-Allow-Origin")).isEmpty();
        Said refused = api.send("PATCH", path, "{}");
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("Allow")).isEqualTo(allowed);
        assertThat(api.send("OPTIONS", "/nothing", "").status()).isEqualTo(404);
    }

    @Test
    void preflightOfAListedPageIsGranted() {
        Said preflight = api.send("OPTIONS", "/jobs", "", LISTED, "Access-Control-Request-Method: POST");

        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example");
        assertThat(preflight.header("Access-Control-Allow-Methods")).contains("POST");
        assertThat(preflight.header("Access-Control-Allow-Headers")).contains("Idempotency-Key", "Authorization");
        assertThat(preflight.header("Access-Control-Max-Age")).isEqualTo("420");
        assertThat(preflight.header("Vary")).contains("Origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "http://app.example", "https://app.example.evil.example", "null"})
    void otherPagesGetNothingToReadAndMayChangeNothing(String origin) {
        String header = "Origin: " + origin;
        Said preflight = api.send("OPTIONS", "/jobs", "", header, "Access-Control-Request-Method: POST");
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(preflight.header("Access-Control-Allow-Methods")).isEmpty();
        assertThat(api.get("/jobs/j", header).header("Access-Control-Allow-Origin"))
                .isEmpty();
        assertThat(api.submit("{\"type\":\"t\"}", header).status()).isEqualTo(403);
        assertThat(api.send("POST", "/jobs/j/retry", "", header).status()).isEqualTo(403);
        assertThat(api.send("DELETE", "/jobs/j", "", header).status()).isEqualTo(403);
    }

    @Test
    void everyKindOfAnswerToAListedPageCanBeRead() {
        List<Said> answers = List.of(
                api.get("/jobs/j", LISTED),
                api.get("/jobs/j?wait=1", LISTED),
                api.get("/jobs/ended/events", LISTED),
                api.get("/events?jobs=ended", LISTED),
                api.get("/jobs/ended/result", LISTED),
                api.get("/jobs", LISTED),
                api.get("/jobs/unknown", LISTED),
                api.get("/jobs/!", LISTED),
                api.get("/nowhere", LISTED),
                api.submit("{\"type\":\"t\"}", LISTED),
                api.submit("{", LISTED));
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example");
            assertThat(answer.header("Access-Control-Expose-Headers")).contains("Retry-After", "ETag", "Link");
        });
        assertThat(answers.get(2).body()).contains("event: complete");
    }

    @Test
    void handshakeOfAWebSocketAndTheHeadOfAStreamCarryThemToo() {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer shaken = connection.exchange(RawWebSocket.handshake("/ws", LISTED, "X-Correlation-Id: c1"));
            assertThat(shaken.status()).isEqualTo(101);
            assertThat(shaken.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example");
            assertThat(shaken.header("X-Correlation-Id")).isEqualTo("c1");
        }
        Said head = api.send("HEAD", "/jobs/j/events", "", LISTED);
        assertThat(head.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example");
        assertThat(head.header("X-Accel-Buffering")).isEqualTo("no");
        assertThat(head.header("Cache-Control")).isEqualTo("no-store, no-transform");
    }

    @Test
    void whatTiesARequestToTracesComesBackAndNothingElseDoes() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Said traced = api.get("/jobs/j", "traceparent: " + trace, "X-Correlation-Id: c 1");

        assertThat(traced.header("traceparent")).isEqualTo(trace);
        assertThat(traced.header("X-Correlation-Id")).isEqualTo("c 1");
        Said other = api.get("/jobs/j", "X-Correlation-Id: " + "x".repeat(300), "X-Other: y");
        assertThat(other.header("X-Correlation-Id")).isEmpty();
        assertThat(other.header("X-Other")).isEmpty();
    }
}
