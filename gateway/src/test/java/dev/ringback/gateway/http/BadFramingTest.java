package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no HTTP/1.1 request (RFC 9112), or one only at first sight: each is refused, and nothing behind it is read. */
class BadFramingTest {
    private static final String HOST = "Host: localhost\r\n";
    private static final String BODY = "{\"type\":\"t\"}";
    private static final String SMUGGLED = "GET /jobs/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final int ROUNDS = 400;

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    static Stream<String> badHeads() {
        String get = "GET /jobs/x HTTP/1.1\r\n";
        return Stream.of(
                get + "\r\n",
                get + HOST + HOST + "\r\n",
                get + HOST + "Host: other\r\n\r\n",
                get + "Host: a b\r\n\r\n",
                get + "Host: a/b\r\n\r\n",
                get + "Host: user@a\r\n\r\n",
                get + HOST + "A B: c\r\n\r\n",
                get + HOST + ": c\r\n\r\n",
                get + HOST + "NoColon\r\n\r\n",
                get + HOST + "A : b\r\n\r\n",
                get + HOST + "A\u0000: b\r\n\r\n",
                get + HOST + "A: b\u0000c\r\n\r\n",
                get + HOST + "A\u00e9: b\r\n\r\n",
                get + HOST + "A(b): c\r\n\r\n",
                get + " Host: localhost\r\n\r\n",
                get + HOST + "A: b\rX: c\r\n\r\n",
                "GET /jobs/x HTTP/1.1x\r\n" + HOST + "\r\n",
                "GET /jobs/x HTTP/1\r\n" + HOST + "\r\n",
                "GET /jobs/x HTTP/11\r\n" + HOST + "\r\n",
                "GET /jobs/x HTPP/1.1\r\n" + HOST + "\r\n",
                "GET /jobs/x\r\n" + HOST + "\r\n",
                "GET\r\n" + HOST + "\r\n",
                "GET /jobs/x y HTTP/1.1\r\n" + HOST + "\r\n",
                "GE\u0000T /jobs/x HTTP/1.1\r\n" + HOST + "\r\n",
                "G(T /jobs/x HTTP/1.1\r\n" + HOST + "\r\n",
                "\u00ff\u00fe\u0001garbage\r\n\r\n",
                "{\"subscribe\":\"1\"}\r\n\r\n",
                "SSH-2.0-OpenSSH_9.6\r\n\r\n",
                "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + get + HOST + "\r\n");
    }

    @ParameterizedTest
    @MethodSource("badHeads")
    void aHeadThatIsNoneIsRefusedAndEndsTheConnection(String head) {
        assertRefused(head);
    }

    static Stream<String> badLengths() {
        return Stream.of(
                "Content-Length: -1",
                "Content-Length: +12",
                "Content-Length: 0x0c",
                "Content-Length: 12a",
                "Content-Length: 1 2",
                "Content-Length: 12.0",
                "Content-Length: ",
                "Content-Length: 12, 13",
                "Content-Length: 12\r\nContent-Length: 13",
                "Content-Length: 12\r\nContent-Length: 0",
                "Content-Length: 99999999999999999999",
                "Content-Length: -0",
                "Content-Length: ,",
                "Content-Length: 12\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 12",
                "Content-Length: 12\r\nTransfer-Encoding: identity",
                "Content-Length : 12",
                "Content-Length\u0000: 12",
                "Transfer-Encoding : chunked");
    }

    @ParameterizedTest
    @MethodSource("badLengths")
    void aLengthThatCanBeReadInTwoWaysIsRefused(String header) {
        assertRefused(request("POST", "/jobs", header) + BODY + SMUGGLED);
        assertRefused(request("GET", "/jobs/x", header) + BODY + SMUGGLED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "identity",
                "gzip",
                "chunked, gzip",
                "xchunked",
                "chunkedx",
                "chunked, identity",
                "chunked, chunked",
                "",
                "\"chunked\"",
                "chunk",
                "\u000bchunked",
                "chunked;q=1",
                "x\r\nTransfer-Encoding: y"
            })
    void aTransferEncodingThatIsNotJustChunkedIsRefused(String coding) {
        String request = request("POST", "/jobs", "Transfer-Encoding: " + coding) + "0\r\n\r\n" + SMUGGLED;
        assertRefused(request, 400, 501);
    }

    @Test
    void chunksInHttp10AreRefused() {
        assertRefused("POST /jobs HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n" + BODY + "\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "z\r\n",
                "-1\r\n",
                "+c\r\n",
                "0xc\r\n",
                "\r\n",
                "c c\r\n",
                "ffffffffffffffffff\r\n",
                "7fffffffffffffff1\r\n",
                "80000000\r\n",
                ";a=b\r\n",
                "\u0000\r\n"
            })
    void aChunkSizeThatIsNoneIsRefused(String size) {
        assertRefused(request("POST", "/jobs", "Transfer-Encoding: chunked") + size + BODY + "\r\n0\r\n\r\n", 400, 413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5\r\n", "b\r\n", "20\r\n"})
    void aChunkOfAnotherLengthThanItSaysIsRefused(String size) {
        String request =
                request("POST", "/jobs", "Transfer-Encoding: chunked") + size + BODY + "XX0\r\n\r\n" + SMUGGLED;
        assertRefused(request + "x".repeat(100));
    }

    @Test
    void chunksWithExtensionsAndTrailersAreTaken() {
        String request = request("POST", "/jobs", "Transfer-Encoding: Chunked");
        assertThat(exchange(request + "C;a=b;c=\"d\"\r\n" + BODY + "\r\n000\r\nX: y\r\n\r\n")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void aRequestWithoutAHostIsFineInHttp10() {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer answer = connection.exchange("GET /jobs/x HTTP/1.0\r\n\r\n");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.closes()).isTrue();
            assertThat(connection.rest()).isEmpty();
        }
    }

    @Test
    void tooLongARequestLineIs414AndTooLargeAHeaderIs431() {
        assertRefused("GET /" + "x".repeat(9 * 1024) + " HTTP/1.1\r\n" + HOST + "\r\n", 414);
        assertRefused("GET /jobs/x?" + "a=b&".repeat(3 * 1024) + " HTTP/1.1\r\n" + HOST + "\r\n", 414);
        assertRefused("X".repeat(9 * 1024), 414);
        assertRefused(request("GET", "/jobs/x", "A: " + "x".repeat(20 * 1024)), 431);
        assertRefused(request("GET", "/jobs/x", "x".repeat(20 * 1024) + ": a"), 431);
        assertRefused("GET /jobs/x HTTP/1.1\r\n" + HOST + "A: b\r\n".repeat(4 * 1024) + "\r\n", 431);
        String chunks = request("POST", "/jobs", "Transfer-Encoding: chunked") + "0\r\nA: " + "x".repeat(20 * 1024)
                + "\r\n\r\n";
        assertRefused(chunks, 431, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /jobs/x HTTP/2.0\r\nHost: a\r\n\r\n",
                "GET /jobs/x HTTP/0.9\r\n\r\n",
                "GET /jobs/x HTTP/9.9\r\n\r\n"
            })
    void anotherVersionOfHttpIsRefused(String bytes) {
        assertRefused(bytes, 400, 505);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost/jobs/x, 404",
        "HTTP://localhost:8080/jobs/x?wait=1, 404",
        "https://other.example/jobs/x, 404",
        "*, 400",
        "jobs/x, 400",
        "ftp://localhost/jobs/x, 400",
        "http:/jobs/x, 400",
        "localhost:8080, 400",
        "/jobs/\u0000, 400",
        "\\jobs\\x, 400",
        "http://localhost/jobs/%, 400"
    })
    void aTargetIsAPathOrAWholeUrl(String target, int status) {
        Mistake.get(target, status).checkOn(gateway);
    }

    @Test
    void aConnectOrAStarIsRefused() {
        Mistake.of("CONNECT", "CONNECT localhost:80 HTTP/1.1\r\n" + HOST + "\r\n", 400, 405)
                .checkOn(gateway);
        Mistake.of("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n", 400, 404, 405)
                .checkOn(gateway);
    }

    @ParameterizedTest
    @ValueSource(strings = {"something", "100-continue, x", "200-ok", "\"100-continue\"", "100-continue;a=b"})
    void anUnknownExpectationFails(String expectation) {
        Mistake.of(expectation, withBody("POST", "/jobs", BODY, "Expect: " + expectation), 417)
                .checkOn(gateway);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100-continue", "100-Continue"})
    void aClientThatWaitsToSendItsBodyIsToldToGoOn(String expectation) {
        try (RawConnection connection = new RawConnection(gateway)) {
            String head = request("POST", "/jobs", "Expect: " + expectation, "Content-Length: " + BODY.length());
            assertThat(connection.exchange(head).status()).isEqualTo(100);
            assertThat(connection.exchange(BODY).status()).isEqualTo(202);
            assertThat(connection.exchange(request("GET", "/jobs/x")).status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /jobs/x HTTP/1.1\nHost: localhost\n\n",
                "GET /jobs/x HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n",
                "\r\nGET /jobs/x HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /jobs/x HTTP/1.1\r\nHost: localhost\r\nA: b\r\n\tc\n\n"
            })
    void whatRfc9112LeavesToTheServerIsAnsweredInOneWayOrTheOther(String bytes) {
        Mistake.of("lenient", bytes, 400, 404).checkOn(gateway);
    }

    @Test
    void requestsThatComeTogetherAreAnsweredInTheirOrder() {
        try (RawConnection connection = new RawConnection(gateway)) {
            String together = request("GET", "/jobs/a") + withBody("POST", "/jobs", BODY) + request("GET", "/nope")
                    + "GET /jobs/%";
            connection.send(together);
            assertThat(List.of(
                            connection.answer().status(),
                            connection.answer().status(),
                            connection.answer().status()))
                    .containsExactly(404, 202, 404);
            assertThat(connection.send(" HTTP/1.1\r\n" + HOST + "\r\n").answer().status())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nope", "/jobs/%", "/jobs/x", "/"})
    void garbageBehindARequestLeavesTheAnswerToItAndIsRefused(String path) {
        try (RawConnection connection = new RawConnection(gateway)) {
            int alone = exchange(request("GET", path)).status();
            connection.send(request("GET", path) + "garbage\r\n\r\n" + SMUGGLED);
            assertThat(connection.answer().status()).isEqualTo(alone);
            Answer refusal = connection.answer();
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal.closes()).isTrue();
            assertThat(connection.rest()).isEmpty();
        }
    }

    @Test
    void damagedRequestsAreAnsweredOrClosedAndNeverFail() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("BadFramingTest: -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        List<String> requests = List.of(
                request("GET", "/jobs/x?wait=0", "Accept: */*", "If-None-Match: W/\"k-1\"", "Prefer: wait=0"),
                withBody("POST", "/jobs", BODY, "Content-Type: application/json"),
                request("POST", "/jobs/x/events", "Transfer-Encoding: chunked")
                        + "5\r\n{\"sta\r\n6\r\ntus\":1\r\n1\r\n}\r\n0\r\n\r\n",
                request("GET", "/events?jobs=a,b", "Last-Event-ID: v00000.1"),
                request("GET", "/ws", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"));
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = damaged(requests.get(random.nextInt(requests.size())), random);
            try (RawConnection connection = new RawConnection(gateway)) {
                connection.send(bytes).finish();
                String answers = connection.rest();
                assertThat(answers).as("seed %d, round %d", seed, round).doesNotContain("HTTP/1.1 500", "HTTP/1.1 503");
            }
        }
        assertThat(exchange(request("GET", "/jobs/x")).status()).isEqualTo(404);
    }

    private static byte[] damaged(String request, Random random) {
        StringBuilder text = new StringBuilder(request);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.insert(at, "\r\n \t:,%/?\u0000\u00ff".charAt(random.nextInt(11)));
                case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(30))));
            }
        }
        return text.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static void assertRefused(String bytes) {
        assertRefused(bytes, 400);
    }

    private static void assertRefused(String bytes, Integer... statuses) {
        String name = bytes.length() > 150 ? bytes.substring(0, 150) : bytes;
        Answer answer = Mistake.of(name, bytes, statuses).checkOn(gateway);
        assertThat(answer.closes()).as("closes after %s", name).isTrue();
    }

    private static Answer exchange(String request) {
        try (RawConnection connection = new RawConnection(gateway)) {
            return connection.exchange(request);
        }
    }
}
