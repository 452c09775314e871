package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes in what requests carry. A body that is refused changes nothing. */
class BadBodyTest {
    private static final int MAX_BODY = 2_048;
    private static final String JOB = "{\"type\":\"t\"}";

    private static final AtomicInteger IDS = new AtomicInteger();

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("limits.body-bytes=" + MAX_BODY);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    static Stream<String> noObjects() {
        return Stream.of(
                "",
                " ",
                "null",
                "1",
                "\"text\"",
                "[]",
                "[" + JOB + "]",
                "{",
                "{\"type\"",
                "{\"type\":\"t\"",
                "{type:\"t\"}",
                "{'type':'t'}",
                JOB + "x",
                JOB + JOB,
                "type=t",
                "<job/>",
                "\u0000",
                "\u00ff\u00fe",
                "{\"type\":\"\u00ff\"}",
                "{\"type\":\"\u00c0\u0080\"}",
                "{\"type\":\"\u00ed\u00a0\u0080\"}",
                "{\"type\":\"t\",\"a\":" + "[".repeat(1_000),
                "{\"type\":\"t\",\"a\":NaN}",
                "{\"type\":\"t\",\"a\":01}",
                "{\"type\":\"t\",}",
                new String(JOB.getBytes(UTF_16LE), ISO_8859_1),
                "{\"type\":\"t\"\u0000}");
    }

    static Stream<String> noJobs() {
        return Stream.concat(
                noObjects(),
                Stream.of(
                        "{}",
                        "{\"type\":null}",
                        "{\"type\":1}",
                        "{\"type\":\"\"}",
                        "{\"type\":[\"t\"]}",
                        "{\"type\":\"a\\u0000b\"}",
                        "{\"type\":\"" + "t".repeat(129) + "\"}",
                        "{\"type\":\"t\",\"priority\":\"1\"}",
                        "{\"type\":\"t\",\"priority\":9999999999999999999}",
                        "{\"type\":\"t\",\"ttl\":0}",
                        "{\"type\":\"t\",\"ttl\":-5}",
                        "{\"type\":\"t\",\"ttl\":1e400}",
                        "{\"type\":\"t\",\"callbackUrl\":\"gopher://x\"}",
                        "{\"type\":\"t\",\"webhook\":[]}"));
    }

    static Stream<String> noEvents() {
        return Stream.concat(
                noObjects().map(text -> text.replace("\"type\":\"t\"", "\"status\":\"done\"")),
                Stream.of(
                        "{}",
                        "{\"status\":null}",
                        "{\"status\":1}",
                        "{\"status\":\"\"}",
                        "{\"status\":\"finito\"}",
                        "{\"status\":[\"done\"]}",
                        "{\"result\":1}",
                        "{\"status\":\"running\",\"result\":1}",
                        "{\"progress\":1,\"result\":1}",
                        "{\"status\":\"queued\",\"resultUrl\":\"/x\"}",
                        "{\"progress\":\"1\"}",
                        "{\"progress\":[]}",
                        "{\"progress\":null}",
                        "{\"status\":\"failed\",\"error\":[]}",
                        "{\"status\":\"done\",\"resultUrl\":\"//x\"}",
                        "{\"status\":\"done\",\"resultUrl\":\"/a\\r\\nSet-Cookie: b\"}",
                        "{\"status\":\"done\",\"eventId\":\"\"}"));
    }

    @ParameterizedTest
    @MethodSource("noJobs")
    void aJobThatIsNoneIsRefusedAndNotMade(String body) {
        String id = newId();
        Mistake.of("POST", withBody("POST", "/jobs", body), 400).checkOn(gateway);
        Mistake.of("PUT", withBody("PUT", "/jobs/" + id, body), 400).checkOn(gateway);
        assertNotMade(id);
    }

    @ParameterizedTest
    @MethodSource("noEvents")
    void anEventThatIsNoneIsRefusedAndChangesNothing(String body) {
        String id = newId();
        Mistake.of("POST", withBody("POST", "/jobs/" + id + "/events", body), 400)
                .checkOn(gateway);
        assertNotMade(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "application/octet-stream",
                "multipart/form-data; boundary=x",
                "application/jsonx",
                "json",
                "application/xml",
                "image/png",
                "application/",
                "\u00e9"
            })
    void aBodyOfAnotherTypeIsRefused(String type) {
        String id = newId();
        String header = "Content-Type: " + type;
        Mistake.of("POST " + type, withBody("POST", "/jobs", JOB, header), 415).checkOn(gateway);
        Mistake.of("PUT " + type, withBody("PUT", "/jobs/" + id, JOB, header), 415)
                .checkOn(gateway);
        Mistake.of("event " + type, withBody("POST", "/jobs/" + id + "/events", "{\"status\":\"done\"}", header), 415)
                .checkOn(gateway);
        assertNotMade(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "Application/JSON; charset=utf-8", "application/vnd.x+json", ""})
    void aJsonBodyIsTaken(String type) {
        String request = withBody("POST", "/jobs", JOB, "Content-Type: " + type);
        assertThat(exchange(request).status()).isEqualTo(202);
    }

    @Test
    void aCompressedBodyIsRefused() {
        Mistake.of("gzip", withBody("POST", "/jobs", "\u001f\u008b\u0008\u0000", "Content-Encoding: gzip"), 400, 415)
                .checkOn(gateway);
    }

    @Test
    void aBodyUpToTheLimitIsTakenAndOneByteMoreIsNot() {
        assertThat(exchange(withBody("POST", "/jobs", padded(MAX_BODY))).status())
                .isEqualTo(202);
        assertThat(exchange(chunked("POST", "/jobs", padded(MAX_BODY), 100)).status())
                .isEqualTo(202);
        Mistake.of("declared", withBody("POST", "/jobs", padded(MAX_BODY + 1)), 413)
                .checkOn(gateway);
        Mistake.of("chunked", chunked("POST", "/jobs", padded(MAX_BODY + 1), 100), 413)
                .checkOn(gateway);
        Mistake.of("one chunk", chunked("POST", "/jobs", padded(MAX_BODY + 1), 100_000), 413)
                .checkOn(gateway);
        Mistake.of("of a GET", withBody("GET", "/jobs/x", padded(MAX_BODY + 1)), 413)
                .checkOn(gateway);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2049", "2147483648", "9223372036854775807"})
    void aBodyThatIsDeclaredTooLargeIsRefusedBeforeItIsSent(String length) {
        for (String expect : List.of("X: y", "Expect: 100-continue")) {
            Mistake.of(length, request("POST", "/jobs", "Content-Length: " + length, expect), 413)
                    .checkOn(gateway);
        }
    }

    @Test
    void aClientThatSendsOnAfter413StillGetsTheAnswer() {
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(request("POST", "/jobs", "Content-Length: 1000000"));
            connection.send("x".repeat(100_000));
            Answer answer = connection.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.closes()).isTrue();
        }
    }

    @Test
    void aBodyThatStopsHalfwayIsAnsweredInTime() {
        try (TestGateway impatient = TestGateway.start("limits.body-timeout=200ms", "limits.header-timeout=200ms")) {
            String start = request("POST", "/jobs", "Content-Length: 100") + "{";
            Mistake.of("length", start, 408).checkOn(impatient);
            Mistake.of("chunked", request("POST", "/jobs", "Transfer-Encoding: chunked") + "5\r\n{", 408)
                    .checkOn(impatient);
        }
    }

    @Test
    void aHeadThatStopsHalfwayIsAnsweredInTime() {
        try (TestGateway impatient = TestGateway.start("limits.header-timeout=200ms")) {
            Mistake.of("line", "GET /jobs/x HT", 408).checkOn(impatient);
            Mistake.of("header", "GET /jobs/x HTTP/1.1\r\nHost: x\r\nAcc", 408).checkOn(impatient);
        }
    }

    @Test
    void aSubmissionWithABadWaitIsRefusedWithoutBeingMadeOrTaken() {
        Answer answer = exchange(withBody("PUT", "/jobs/waited?wait=abc", JOB));
        int kept = exchange(request("GET", "/jobs/waited")).status();
        assertThat(List.of(answer.status(), kept)).isIn(List.of(202, 200), List.of(400, 404));
    }

    @Test
    void aMalformedPreferenceOfASubmissionIsIgnored() {
        for (String preference : List.of("wait=abc", "wait", "wait=\u00e9", "wait=-1", "wait=99999999999999999999")) {
            Answer answer = exchange(withBody("POST", "/jobs", JOB, "Prefer: " + preference));
            assertThat(answer.status()).as(preference).isEqualTo(202);
            assertThat(answer.header("Preference-Applied")).isEmpty();
        }
    }

    @Test
    void theSameIdWithAnotherBodyIsRefused() {
        assertThat(exchange(withBody("PUT", "/jobs/taken", JOB)).status()).isEqualTo(202);
        assertThat(exchange(withBody("PUT", "/jobs/taken", JOB)).status()).isEqualTo(200);
        Mistake.of("other", withBody("PUT", "/jobs/taken", JOB + " "), 422).checkOn(gateway);
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "failed", "cancelled"})
    void aJobThatHasEndedIsNotMoved(String end) {
        String path = "/jobs/ended-" + end;
        assertThat(exchange(event(path, end)).json().path("version").intValue()).isEqualTo(1);
        assertThat(exchange(event(path, end)).text()).isEqualTo("{\"version\":1,\"duplicate\":true}");
        for (String next : List.of("queued", "processing", "completed", "failed", "cancelled")) {
            if (!next.equals(end)) {
                Answer answer =
                        Mistake.of(end + " to " + next, event(path, next), 409).checkOn(gateway);
                assertThat(answer.json().path("job").path("status").textValue()).isEqualTo(end);
            }
        }
        if (end.equals("cancelled")) {
            assertThat(exchange(request("DELETE", path)).status()).isEqualTo(200);
        } else {
            Mistake.of("DELETE", request("DELETE", path), 409).checkOn(gateway);
        }
    }

    @Test
    void aPageOfAnotherSiteMayNotChangeAnything() {
        String id = newId();
        String origin = "Origin: https://evil.example";
        Mistake.of("POST", withBody("POST", "/jobs", JOB, origin), 403).checkOn(gateway);
        Mistake.of("PUT", withBody("PUT", "/jobs/" + id, JOB, origin), 403).checkOn(gateway);
        Mistake.of("event", withBody("POST", "/jobs/" + id + "/events", "{\"status\":\"done\"}", origin), 403)
                .checkOn(gateway);
        Mistake.of("DELETE", request("DELETE", "/jobs/" + id, origin), 403).checkOn(gateway);
        assertNotMade(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "a\\ud83d\\ud83db"})
    void aTextThatUtf8CannotCarryIsRefusedAndHarmsNoShard(String half) {
        try (TestGateway own = TestGateway.start()) {
            Mistake.of("type", withBody("PUT", "/jobs/x", "{\"type\":\"" + half + "\"}"), 400)
                    .checkOn(own);
            String correlated = "{\"type\":\"t\",\"correlationId\":\"" + half + "\"}";
            Mistake.of("correlationId", withBody("PUT", "/jobs/x", correlated), 400)
                    .checkOn(own);
            String event = "{\"status\":\"done\",\"type\":\"" + half + "\"}";
            Mistake.of("event", withBody("POST", "/jobs/x/events", event), 400).checkOn(own);
            Mistake.get("/jobs/x", 404).checkOn(own);
        }
    }

    private static String newId() {
        return "never-" + IDS.incrementAndGet();
    }

    private static String event(String path, String status) {
        return withBody("POST", path + "/events", "{\"status\":\"" + status + "\"}");
    }

    private static String padded(int length) {
        return "{\"type\":\"t\",\"input\":\"" + "x".repeat(length - 23) + "\"}";
    }

    private static String chunked(String method, String target, String body, int chunk) {
        StringBuilder chunks = new StringBuilder(request(method, target, "Transfer-Encoding: chunked"));
        for (int at = 0; at < body.length(); at += chunk) {
            String part = body.substring(at, Math.min(body.length(), at + chunk));
            chunks.append(Integer.toHexString(part.length()))
                    .append("\r\n")
                    .append(part)
                    .append("\r\n");
        }
        return chunks.append("0\r\n\r\n").toString();
    }

    private static void assertNotMade(String id) {
        assertThat(exchange(request("GET", "/jobs/" + id)).status()).isEqualTo(404);
    }

    private static Answer exchange(String request) {
        try (RawConnection connection = new RawConnection(gateway)) {
            return connection.exchange(request);
        }
    }
}
