package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes in the request's method, target and headers. */
class BadInputTest {
    private static final String LONG = "x".repeat(10_000);

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        exchange(withBody("POST", "/jobs/ended/events", "{\"status\":\"done\",\"result\":[1]}"));
        exchange(withBody("POST", "/jobs/open/events", "{\"status\":\"running\"}"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nope",
                "/jobs/x/nope",
                "/jobs/x/result/more",
                "/jobs/x/",
                "/jobs/x/result/",
                "/jobs/x/events/",
                "/ws/",
                "/events/",
                "//",
                "/JOBS/x",
                "/jobs%2Fx",
                "/jobs/x/Result",
                "/livez",
                "/metrics",
                "/config",
                "/favicon.ico",
                "/.git/config",
                "/jobs/x/../../etc/passwd",
                "/?/jobs/x/"
            })
    void anUnknownPathIsNotFound(String path) {
        if (!path.startsWith("/?")) {
            Mistake.get(path, 404).checkOn(gateway);
        }
        Mistake.of("POST " + path, withBody("POST", path, "{}"), 404, 405).checkOn(gateway);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a%20b",
                "a+b",
                "a%2Fb",
                "a%00",
                "%e9",
                "%C3%A9",
                "a%0d%0aX:y",
                "a;v=1",
                "a,b",
                "a@b",
                "*",
                "{id}",
                "a%25",
                "job:",
                "job%3A",
                "%",
                "%2",
                "%zz",
                "a%2",
                "%u0041",
                "%%",
                "a\u00e9"
            })
    void anIdThatIsNoneIsRefused(String id) {
        Mistake.get("/jobs/" + id, 400).checkOn(gateway);
        Mistake.get("/jobs/" + id + "?wait=1", 400).checkOn(gateway);
        Mistake.get("/jobs/" + id + "/result?wait=1", 400).checkOn(gateway);
        Mistake.get("/jobs/" + id + "/events", 400).checkOn(gateway);
        Mistake.of("PUT", withBody("PUT", "/jobs/" + id, "{\"type\":\"t\"}"), 400)
                .checkOn(gateway);
        Mistake.of("DELETE", request("DELETE", "/jobs/" + id), 400).checkOn(gateway);
        Mistake.of("POST events", withBody("POST", "/jobs/" + id + "/events", "{\"status\":\"done\"}"), 400)
                .checkOn(gateway);
    }

    @Test
    void anIdHas128CharactersAtMostOnEveryRoute() {
        String most = "x".repeat(128);
        for (String id : List.of(most, "job:" + most, "%78".repeat(128))) {
            Mistake.get("/jobs/" + id, 404).checkOn(gateway);
            Mistake.get("/jobs/" + id + "/result", 404).checkOn(gateway);
            Mistake.get("/jobs/" + id + "/events", 404).checkOn(gateway);
            Mistake.get("/events?jobs=" + id, 404).checkOn(gateway);
            Mistake.of("DELETE", request("DELETE", "/jobs/" + id), 404).checkOn(gateway);
        }
        String tooLong = "x".repeat(129);
        for (String path : List.of(
                "/jobs/" + tooLong,
                "/jobs/" + tooLong + "/result",
                "/jobs/" + tooLong + "/events",
                "/events?jobs=" + tooLong)) {
            Mistake.get(path, 400).checkOn(gateway);
        }
        Mistake.of("DELETE", request("DELETE", "/jobs/" + tooLong), 400).checkOn(gateway);
        Mistake.of("PUT", withBody("PUT", "/jobs/" + tooLong, "{\"type\":\"t\"}"), 400)
                .checkOn(gateway);
    }

    @ParameterizedTest
    @CsvSource({
        "/jobs/%6Fpen, 200",
        "/jobs/job:open, 200",
        "/jobs/job%3aopen, 200",
        "/%6Aobs/open, 200",
        "/jobs/open?, 200",
        "/jobs/open?&&=&a, 200",
        "/jobs/open?unknown=%C3%A9, 200"
    })
    void anIdMayBeEncodedAndPrefixed(String target, int status) {
        assertThat(exchange(request("GET", target)).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/jobs/open?wait=%", "/jobs/open?a=%zz", "/events?jobs=%", "/jobs/open/events?after=%f"})
    void aBadEscapeInTheQueryIsRefused(String target) {
        Mistake.get(target, 400).checkOn(gateway);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-1", "-0", "+5", "%2B5", "abc", "1.5", "1e1", "0x1", "1s", "%201", "1%20", "1,2", "%D9%A1", "null",
                "NaN"
            })
    void aWaitThatIsNoNumberIsRefused(String wait) {
        Mistake.get("/jobs/open?wait=" + wait, 400).checkOn(gateway);
        Mistake.get("/jobs/open/result?wait=" + wait, 400).checkOn(gateway);
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999999999999999999", "2147483648", "9223372036854775807"})
    void aHugeWaitIsCappedOrRefused(String wait) {
        Mistake.get("/jobs/unknown?wait=" + wait, 400, 404).checkOn(gateway);
        assertThat(exchange(request("GET", "/jobs/ended/result?wait=" + wait)).status())
                .isIn(200, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wait",
                "wait=",
                "wait=\"\"",
                "wait=abc",
                "wait=-1",
                "wait=1.5",
                "wait = x",
                "=5",
                ";",
                ",,,;;;===",
                "respond-async",
                "wait=\u00e9",
                "wait=99999999999999999999",
                "return=minimal, foo; bar",
                "\"wait=5\""
            })
    void aMalformedPreferenceIsIgnored(String preference) {
        Answer answer = exchange(request("GET", "/jobs/open", "Prefer: " + preference, "Prefer: " + LONG));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Preference-Applied")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait=abc", "wait", "wait=\u00e9", "wait=\u00ff\u0080"})
    void aMalformedPreferenceBesideAWaitIsNeitherAppliedNorEchoed(String preference) {
        Answer answer = exchange(request("GET", "/jobs/open?wait=1", "Prefer: " + preference));
        assertThat(answer.status()).as(answer.head()).isEqualTo(200);
        assertThat(answer.header("Preference-Applied")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "*/*",
                "text/html",
                "application/xml;q=1",
                "garbage",
                ";;;,,,",
                "text/event-streaming",
                "text/*",
                "application/json, text/event-stream;q=0",
                "text/event-stream; q=0.0",
                "\"text/event-stream",
                "image/\u00e9"
            })
    void anAcceptThatDoesNotAskForEventsGetsTheJob(String accept) {
        Answer answer = exchange(request("GET", "/jobs/ended", "Accept: " + accept));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream",
                "TEXT/Event-Stream",
                "text/event-stream;charset=utf-8",
                "application/json;q=0.5, text/event-stream"
            })
    void anAcceptThatAsksForEventsGetsThem(String accept) {
        Answer answer = exchange(request("GET", "/jobs/ended", "Accept: " + accept));
        assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(answer.text()).contains("event: complete\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "\"",
                "W/",
                "W/\"",
                "k-1",
                "\"k-1\"",
                "W/\"k-99\", \"x\"",
                ",,,",
                "\u00e9",
                "W/\"\u0080\""
            })
    void aTagThatMatchesNothingGetsTheJob(String tag) {
        for (String headers : List.of(tag, tag + ", " + LONG)) {
            Answer answer = exchange(request("GET", "/jobs/open", "If-None-Match: " + headers));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("ETag")).startsWith("W/\"");
        }
    }

    @Test
    void aTagThatMatchesGetsNothingNew() {
        String tag = exchange(request("GET", "/jobs/open")).header("ETag");
        for (String header :
                List.of(tag, tag.substring(2), "\"a\", " + tag + ",W/\"b\"", "*", " * ", LONG + "," + tag)) {
            try (RawConnection connection = new RawConnection(gateway)) {
                Answer answer = connection.exchange(request("GET", "/jobs/open", "If-None-Match: " + header));
                assertThat(answer.status()).as(header).isEqualTo(304);
                assertThat(answer.header("ETag")).isEqualTo(tag);
                assertThat(connection.exchange(request("GET", "/jobs/next")).status())
                        .isEqualTo(404);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "0", "-1", "k-1", "W/\"k-1\"", "v00000.1", "\u00e9", "{}", "\"\""})
    void aLastEventIdThatIsNoneCountsAsNone(String id) {
        for (String value : List.of(id, id + LONG)) {
            for (String target : List.of("/jobs/ended/events", "/events?jobs=ended")) {
                Answer answer = exchange(request("GET", target, "Last-Event-ID: " + value));
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text()).contains("event: complete\n").contains("\"jobId\":\"ended\"");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("badLists")
    void aListOfJobsWithAMistakeIsRefused(String query) {
        Mistake.get("/events" + query, 400).checkOn(gateway);
        Mistake.of("HEAD", request("HEAD", "/events" + query), 400).checkOn(gateway);
    }

    static Stream<String> badLists() {
        String tooMany =
                String.join(",", IntStream.range(0, 25).mapToObj(i -> "j" + i).toList());
        return Stream.of(
                "",
                "?",
                "?jobs",
                "?jobs=",
                "?job=a",
                "?JOBS=a",
                "?jobs=,",
                "?jobs=a,",
                "?jobs=,a",
                "?jobs=a,,b",
                "?jobs=a,a",
                "?jobs=a,job:a",
                "?jobs=a,b%20c",
                "?jobs=a%2Fb",
                "?jobs=a,%C3%A9",
                "?jobs=a;b",
                "?jobs=*",
                "?jobs=a," + "x".repeat(129),
                "?jobs=" + tooMany,
                "?jobs=" + "a,".repeat(3_000));
    }

    @ParameterizedTest
    @MethodSource("methodsNotAllowed")
    void aMethodThatIsNotAllowedIsToldWhichAre(String method, String path) {
        Answer answer =
                Mistake.of(method + " " + path, request(method, path), 405).checkOn(gateway);
        assertThat(answer.header("Allow").split(", ")).doesNotContain(method).doesNotHaveDuplicates();
    }

    static List<Object[]> methodsNotAllowed() {
        List<Object[]> cases = new ArrayList<>();
        for (String path : List.of("/", "/ws", "/events", "/jobs/x", "/jobs/x/result", "/jobs/x/events")) {
            for (String method : List.of("PATCH", "TRACE", "get", "Get", "FROB", "PROPFIND")) {
                cases.add(new Object[] {method, path});
            }
        }
        cases.add(new Object[] {"POST", "/jobs/x/result"});
        cases.add(new Object[] {"DELETE", "/jobs/x/result"});
        cases.add(new Object[] {"PUT", "/jobs/x/retry"});
        cases.add(new Object[] {"GET", "/jobs/x/retry"});
        for (String path : List.of("/", "/ws", "/events")) {
            for (String method : List.of("POST", "PUT", "DELETE")) {
                cases.add(new Object[] {method, path});
            }
        }
        cases.add(new Object[] {"POST", "/jobs/x"});
        cases.add(new Object[] {"PUT", "/jobs/x/events"});
        cases.add(new Object[] {"DELETE", "/jobs/x/events"});
        cases.add(new Object[] {"PUT", "/jobs"});
        cases.add(new Object[] {"DELETE", "/jobs"});
        return cases;
    }

    @ParameterizedTest
    @CsvSource({
        "/jobs/open, 200",
        "/jobs/unknown, 404",
        "/jobs/a b, 400",
        "/jobs/ended/result, 200",
        "/nope, 404",
        "/ws, 426"
    })
    void headIsAnsweredWithTheHeadAlone(String path, int status) {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer answer = connection.exchange(request("HEAD", path.replace(" ", "%20")));
            assertThat(answer.status()).isEqualTo(status);
            assertThat(connection.exchange(request("GET", "/jobs/next")).text()).contains("next");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/jobs/open/events", "/events?jobs=open"})
    void headOfAStreamStatesNoLengthThatTheStreamHasNot(String path) {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer answer = connection.exchange(request("HEAD", path));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Length")).isEmpty();
        }
    }

    private static Answer exchange(String request) {
        try (RawConnection connection = new RawConnection(gateway)) {
            return connection.exchange(request);
        }
    }
}
