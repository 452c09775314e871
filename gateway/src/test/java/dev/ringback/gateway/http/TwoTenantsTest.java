package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two owners on one gateway: whatever one asks about the other's job, on any route and over any transport, is answered byte for byte
 * as for a job that is not there.
 */
class TwoTenantsTest {
    private static final String OURS = "Authorization: Bearer ours-worker-token-1";
    private static final String THEIRS = "Authorization: Bearer theirs-client-token-1";
    private static final String THEIR_WORKER = "Authorization: Bearer theirs-worker-token-1";
    private static final String STRANGER = "Authorization: Bearer stranger-client-token-1";
    private static final String TOKENS = "auth.tokens=[{token: ours-worker-token-1, owner: ours, role: worker}, "
            + "{token: theirs-client-token-1, owner: theirs, role: client}, "
            + "{token: theirs-worker-token-1, owner: theirs, role: worker}, "
            + "{token: stranger-client-token-1, owner: stranger, role: client}]";
    private static final String JOB = "{\"type\":\"t\"}";
    private static final String STREAM = "Accept: text/event-stream";

    /** Jobs of ours, by what became of them. */
    private static final List<String> IDS =
            List.of("queued", "processing", "completed", "largely", "moved-on", "failed", "cancelled");

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("auth.mode=tokens", TOKENS, "jobs.auto-create=false");
        IDS.forEach(id -> expect(withBody("PUT", "/jobs/" + id, JOB, OURS), 202));
        move("processing", "{\"progress\":{\"current\":1}}");
        move("completed", "{\"status\":\"completed\",\"result\":[1]}");
        move("largely", "{\"status\":\"completed\",\"result\":\"" + "x".repeat(40_000) + "\"}");
        move("moved-on", "{\"status\":\"completed\",\"resultUrl\":\"https://elsewhere.example/r\"}");
        move("failed", "{\"status\":\"failed\",\"error\":{\"retryable\":true}}");
        expect(request("DELETE", "/jobs/cancelled", OURS), 200);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void move(String id, String event) {
        expect(withBody("POST", "/jobs/" + id + "/events", event, OURS), 200);
    }

    private static void expect(String request, int status) {
        assertThat(exchange(request).status()).as(request).isEqualTo(status);
    }

    private static Answer exchange(String request) {
        try (RawConnection connection = new RawConnection(gateway)) {
            return connection.exchange(request);
        }
    }

    /** A request about a job on each route, in each way; {@code ID} stands for the job. */
    static List<String> requests() {
        List<String> requests = new ArrayList<>();
        for (String method : List.of("GET", "HEAD")) {
            for (String target : List.of(
                    "/jobs/ID",
                    "/jobs/job:ID",
                    "/jobs/ID?wait=1",
                    "/jobs/ID?wait=1&after=k-1",
                    "/jobs/ID/tree",
                    "/jobs/ID/result",
                    "/jobs/ID/result?wait=1",
                    "/jobs/ID/result?expires=1&signature=AAAA",
                    "/jobs/ID/events",
                    "/jobs/ID/events?after=k-1",
                    "/events?jobs=ID",
                    "/events?jobs=ID,nothing",
                    "/events?jobs=nothing,ID")) {
                requests.add(request(method, target));
            }
            requests.add(request(method, "/jobs/ID", "Prefer: wait=1"));
            requests.add(request(method, "/jobs/ID", "If-None-Match: *"));
            requests.add(request(method, "/jobs/ID", STREAM));
            requests.add(request(method, "/jobs/ID", STREAM, "Last-Event-ID: k-1"));
            for (String range : List.of("bytes=0-0", "bytes=-1", "bytes=100000-", "bytes=0-0,2-3", "nonsense")) {
                requests.add(request(method, "/jobs/ID/result", "Range: " + range));
            }
        }
        requests.add(request("DELETE", "/jobs/ID"));
        requests.add(request("POST", "/jobs/ID/retry"));
        requests.add(request("OPTIONS", "/jobs/ID"));
        requests.add(withBody("PATCH", "/jobs/ID", "{}"));
        for (String event : List.of(
                "{\"progress\":1}",
                "{\"status\":\"completed\",\"result\":[1]}",
                "{\"status\":\"cancelled\"}",
                "{\"status\":\"failed\",\"eventId\":\"e\"}",
                "{\"leaseId\":\"x.1\"}",
                "{\"leaseId\":\"x.1\",\"status\":\"completed\"}")) {
            requests.add(withBody("POST", "/jobs/ID/events", event));
        }
        // Without the body, because a refusal closes the connection or keeps it by whether the body has come.
        requests.add(request("PUT", "/jobs/ID/result", "Content-Length: 5", "Expect: 100-continue"));
        requests.add(withBody("POST", "/jobs/ID/result/url", "{\"expiresIn\":60}"));
        return requests;
    }

    static List<String> requestsOfBoth() {
        return requests().stream()
                .flatMap(request -> Stream.of(with(request, THEIRS), with(request, THEIR_WORKER)))
                .toList();
    }

    private static String with(String request, String header) {
        return request.replace("Host: localhost\r\n", "Host: localhost\r\n" + header + "\r\n");
    }

    @ParameterizedTest
    @MethodSource("requestsOfBoth")
    void ourJobIsAnsweredAsNoJob(String request) {
        for (String id : IDS) {
            String unknown = "q".repeat(id.length());
            String absent = exchange(request.replace("ID", unknown)).withoutDate();
            String hidden = exchange(request.replace("ID", id)).withoutDate();
            assertThat(hidden.replace(id, unknown)).as(id).isEqualTo(absent);
        }
        assertNothingHappened();
    }

    @Test
    void theirSubmissionUnderOurIdIsAnsweredAsAReadOfNoJob() {
        for (String id : IDS) {
            String unknown = "q".repeat(id.length());
            String absent = exchange(request("GET", "/jobs/" + unknown, THEIRS)).withoutDate();
            for (String submission : List.of(
                    withBody("PUT", "/jobs/" + id, JOB, THEIRS),
                    withBody("PUT", "/jobs/" + id, JOB, THEIRS, "Prefer: wait=1"),
                    withBody("PUT", "/jobs/" + id, "{\"type\":\"other\"}", THEIR_WORKER))) {
                String refused = exchange(submission).withoutDate();
                assertThat(refused.replace(id, unknown)).isEqualTo(absent);
            }
        }
        assertNothingHappened();
    }

    @Test
    void ourJobsAreOnNoListOfTheirs() {
        for (String query : List.of("", "?status=failed", "?type=t", "?limit=1")) {
            Answer theirs = exchange(request("GET", "/jobs" + query, THEIRS));
            Answer empty = exchange(request("GET", "/jobs" + query, STRANGER));
            assertThat(theirs.status()).isEqualTo(200);
            assertThat(theirs.withoutDate()).isEqualTo(empty.withoutDate());
        }
        String link = exchange(request("GET", "/jobs?limit=2", OURS)).header("Link");
        String next = link.substring(link.indexOf('<') + 1, link.indexOf('>'));
        assertThat(exchange(request("GET", next, THEIRS)).text()).isEqualTo("{\"jobs\":[]}");
        assertThat(exchange(request("GET", "/jobs?limit=100", OURS)).json().at("/jobs"))
                .hasSize(IDS.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {THEIRS, THEIR_WORKER})
    void onAWebSocketOurJobIsGoneAsNoJobIs(String header) {
        for (String id : IDS) {
            String unknown = "q".repeat(id.length());
            for (String after : List.of("", ",\"after\":{\"ID\":\"k-1\"}")) {
                String command = "{\"subscribe\":[\"ID\"]" + after + "}";
                assertThat(frames("/ws", header, command.replace("ID", id)).replace(id, unknown))
                        .isEqualTo(frames("/ws", header, command.replace("ID", unknown)));
            }
            assertThat(frames("/jobs/" + id, header, "").replace(id, unknown))
                    .isEqualTo(frames("/jobs/" + unknown, header, ""));
        }
    }

    /** What is said up to the answer to a ping; of the first two either may come first. */
    private static String frames(String path, String header, String command) {
        try (RawWebSocket client = RawWebSocket.open(gateway, path, header)) {
            if (!command.isEmpty()) {
                client.text(command);
            }
            Set<String> frames = new TreeSet<>(
                    List.of(client.json().toString(), client.json().toString()));
            client.isAlive();
            return frames.toString();
        }
    }

    @Test
    void everyRouteIsInTheMatrix() {
        Set<String> asked = Stream.concat(requests().stream(), Stream.of(request("PUT", "/jobs/ID")))
                .map(request -> request.split("[ ?]", 3))
                .map(words -> words[0] + " " + words[1].replaceAll("(job:)?ID", "*"))
                .collect(Collectors.toSet());
        Set<String> aboutJobs = new TreeSet<>();
        OpenApiIT.router()
                .routes()
                .forEach((path, methods) -> methods.stream()
                        .filter(method -> path.startsWith("/jobs/*") && !method.equals("OPTIONS"))
                        .forEach(method -> aboutJobs.add(method + " " + path)));
        assertThat(asked).containsAll(aboutJobs);
    }

    private static void assertNothingHappened() {
        for (String id : List.of("queued", "processing")) {
            Answer answer = exchange(request("GET", "/jobs/" + id, OURS));
            assertThat(answer.json().path("status").textValue()).isEqualTo(id);
            assertThat(answer.json().path("type").textValue()).isEqualTo("t");
        }
    }
}
