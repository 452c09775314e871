package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.TestGateway;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker completes a job with bytes of any media type. */
class UploadTest {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static TestGateway gateway;

    private final String job = "upload-" + NAMES.incrementAndGet();
    private final String target = "/jobs/" + job + "/result";

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("results.max-bytes=1MiB", "limits.body-bytes=1KiB", "limits.body-timeout=1s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Answer exchange(String request) {
        return exchange(gateway, request);
    }

    static Answer exchange(TestGateway gateway, String request) {
        try (RawConnection connection = new RawConnection(gateway)) {
            return connection.exchange(request);
        }
    }

    static String bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return new String(bytes, ISO_8859_1);
    }

    private static String chunked(String method, String path, String body, int chunk) {
        StringBuilder request = new StringBuilder(request(method, path, "Transfer-Encoding: chunked"));
        for (int i = 0; i < body.length(); i += chunk) {
            String part = body.substring(i, Math.min(body.length(), i + chunk));
            request.append(Integer.toHexString(part.length()))
                    .append("\r\n")
                    .append(part)
                    .append("\r\n");
        }
        return request.append("0\r\n\r\n").toString();
    }

    private String status() {
        return exchange(request("GET", "/jobs/" + job)).json().path("status").asText();
    }

    private double metric(String name) {
        return Metrics.of(gateway, name);
    }

    private void nothingIsUnderWay() {
        await().until(() -> metric("ringback_result_uploads_under_way") == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 300_000, 1_048_576})
    void bytesComeBackAsTheyWere(int count) {
        String body = bytes(count, count);
        Answer put = exchange(withBody("PUT", target, body, "Content-Type: image/png"));
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.json().path("version").asInt()).isEqualTo(1);

        Answer got = exchange(request("GET", target));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Content-Type")).isEqualTo("image/png");
        assertThat(got.header("ETag")).isEqualTo(put.header("ETag")).matches("\"[0-9a-f]{32}\"");
        assertThat(new String(got.body(), ISO_8859_1)).isEqualTo(body);
        assertThat(got.closes()).isEqualTo(count > 262_144);
        assertThat(status()).isEqualTo("completed");
    }

    @Test
    void jobThatSomebodyWaitsForEndsWithTheUpload() {
        try (RawConnection waiting = new RawConnection(gateway)) {
            assertThat(exchange(withBody("PUT", "/jobs/" + job, "{\"type\":\"t\"}"))
                            .status())
                    .isEqualTo(202);
            waiting.send(request("GET", target + "?wait=10"));
            exchange(withBody("PUT", target, "<p>", "Content-Type: text/html"));
            Answer answer = waiting.answer();

            assertThat(answer.text()).isEqualTo("<p>");
            assertThat(answer.header("Content-Type")).isEqualTo("text/html");
            assertThat(answer.header("Content-Disposition")).isEqualTo("attachment");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Content-Security-Policy")).isEqualTo("sandbox");
            assertThat(answer.closes()).isFalse();
        }
    }

    @Test
    void requestBehindAnUploadIsTheNextRequest() {
        String body = bytes(200_000, 1);
        String next = request("GET", "/jobs/" + job);
        for (String upload : List.of(withBody("PUT", target, body), chunked("PUT", target, body, 7_001))) {
            try (RawConnection connection = new RawConnection(gateway)) {
                connection.send(upload + next + next);
                assertThat(connection.answer().status()).isEqualTo(200);
                assertThat(connection.answer().json().path("status").asText()).isEqualTo("completed");
                assertThat(connection.answer().json().path("jobId").asText()).isEqualTo(job);
            }
        }
    }

    @Test
    void bodyThatLooksLikeARequestStaysABody() {
        String body = request("DELETE", "/jobs/other");
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(chunked("PUT", target, body, 5) + request("GET", target));
            assertThat(connection.answer().status()).isEqualTo(200);
            assertThat(connection.answer().text()).isEqualTo(body);
        }
    }

    @Test
    void sameBytesAgainAreADuplicateAndOthersComeTooLate() {
        Answer first = exchange(withBody("PUT", target, "result"));
        Answer again = exchange(withBody("PUT", target, "result"));
        Answer other = exchange(withBody("PUT", target, "another"));

        assertThat(first.json().has("duplicate")).isFalse();
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().path("duplicate").asBoolean()).isTrue();
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.json().path("job").path("status").asText()).isEqualTo("completed");
        assertThat(exchange(request("GET", target)).text()).isEqualTo("result");
    }

    @Test
    void jobThatHasEndedOtherwiseTakesNoResultAndIsNotSentOne() {
        exchange(withBody("POST", "/jobs/" + job + "/events", "{\"status\":\"processing\"}"));
        exchange(request("DELETE", "/jobs/" + job));
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(request("PUT", target, "Content-Length: 1000000"));
            Answer answer = connection.answer();

            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.json().path("cancelled").asBoolean()).isTrue();
            assertThat(answer.closes()).isTrue();
        }
    }

    @Test
    void twoUploadsAtOnceEndWithOneResult() {
        String one = bytes(300_000, 1);
        String two = bytes(300_000, 2);
        try (RawConnection a = new RawConnection(gateway);
                RawConnection b = new RawConnection(gateway)) {
            String first = withBody("PUT", target, one);
            String second = withBody("PUT", target, two);
            a.send(first.substring(0, 250_000));
            b.send(second.substring(0, 250_000));
            await().until(() -> metric("ringback_result_uploads_under_way") >= 2);
            a.send(first.substring(250_000));
            Answer won = a.answer();
            b.send(second.substring(250_000));
            Answer lost = b.answer();

            assertThat(won.status()).isEqualTo(200);
            assertThat(lost.status()).isEqualTo(409);
            assertThat(new String(exchange(request("GET", target)).body(), ISO_8859_1))
                    .isEqualTo(one);
        }
    }

    @Test
    void truncatedBodyIsNoResult() {
        for (String whole :
                List.of(withBody("PUT", target, bytes(200_000, 1)), chunked("PUT", target, bytes(200_000, 1), 9_000))) {
            double failed = metric("ringback_result_uploads_failed_total");
            try (RawConnection connection = new RawConnection(gateway)) {
                connection.send(whole.substring(0, whole.length() - 1));
                connection.finish();
                assertThat(connection.rest()).isEmpty();
            }
            await().until(() -> metric("ringback_result_uploads_failed_total") == failed + 1);
        }
        nothingIsUnderWay();
        assertThat(exchange(request("GET", "/jobs/" + job)).status()).isEqualTo(404);
        assertThat(exchange(withBody("PUT", target, "later")).status()).isEqualTo(200);
    }

    @Test
    void tooLongABodyIsRefusedFromItsHeadOrWhereItGrowsTooLong() {
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(request("PUT", target, "Content-Length: 1048577", "Expect: 100-continue"));
            Answer answer = connection.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text()).contains("result-too-large", "results.max-bytes");
            assertThat(answer.closes()).isTrue();
        }
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(chunked("PUT", target, bytes(1_100_000, 1), 50_000));
            assertThat(connection.answer().status()).isEqualTo(413);
        }
        nothingIsUnderWay();
        assertThat(exchange(request("GET", "/jobs/" + job)).status()).isEqualTo(404);
    }

    @Test
    void slowBodyIsGivenUp() {
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(request("PUT", target, "Content-Length: 1000") + "x");
            assertThat(connection.answer().status()).isEqualTo(408);
        }
        nothingIsUnderWay();
    }

    @Test
    void slowBodyThatKeepsComingInPiecesIsNotGivenUp() {
        String body = bytes(400_000, 1);
        String upload = withBody("PUT", target, body);
        long begin = System.nanoTime();
        try (RawConnection connection = new RawConnection(gateway)) {
            for (int i = 0; i < 5; i++) {
                long until = begin + i * 400_000_000L;
                await().until(() -> System.nanoTime() >= until);
                connection.send(upload.substring(i * 80_000, (i + 1) * 80_000));
            }
            connection.send(upload.substring(400_000));
            assertThat(connection.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void clientThatAsksFirstIsToldToGoOnOnceAndOnlyWhereItsJobCanTakeAResult() {
        String body = "x".repeat(100_000);
        String head = request("PUT", target, "Expect: 100-continue", "Content-Length: 100000");
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer goOn = connection.send(head).answer();
            assertThat(goOn.status()).isEqualTo(100);
            Answer answer = connection.send(body).answer();
            assertThat(answer.status()).isEqualTo(200);
        }
        exchange(withBody("POST", "/jobs/failed-" + job + "/events", "{\"status\":\"failed\"}"));
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(head.replace(job, "failed-" + job));
            Answer answer = connection.answer();
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.closes()).isTrue();
            assertThat(connection.rest()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text",
                "Content-Type: ",
                "Content-Type: text/plain; charset",
                "Content-Type: a/b, c/d",
                "Content-Type: text/pl\u00e4in",
                "Content-Range: bytes 0-1/2"
            })
    void whatIsNotOneWholeThingOfOneTypeIsRefused(String header) {
        Answer answer = exchange(withBody("PUT", target, "x", header));

        assertThat(answer.status()).isEqualTo(400);
        answer.isProblem();
    }

    @Test
    void encodedBytesAreRefusedBecauseNobodyWouldDecodeThem() {
        assertThat(exchange(withBody("PUT", target, "x", "Content-Encoding: gzip"))
                        .status())
                .isEqualTo(415);
    }

    @Test
    void typeThatIsNotNamedIsBytes() {
        exchange(withBody("PUT", target, "x"));

        assertThat(exchange(request("GET", target)).header("Content-Type")).isEqualTo("application/octet-stream");
    }

    @Test
    void fullStoreSaysSoAndTakesResultsAgainWhenItHasRoom() {
        try (TestGateway small = TestGateway.start("results.memory-bytes=64KiB", "jobs.result-ttl=500ms")) {
            Answer fits = exchange(small, withBody("PUT", "/jobs/a/result", bytes(40_000, 1)));
            Answer full = exchange(small, withBody("PUT", "/jobs/b/result", bytes(40_000, 1)));

            assertThat(fits.status()).isEqualTo(200);
            assertThat(full.status()).isEqualTo(503);
            assertThat(full.text()).contains("results-full");
            assertThat(full.header("Retry-After")).isEqualTo("1");
            await().until(() -> exchange(small, withBody("PUT", "/jobs/b/result", bytes(40_000, 1)))
                            .status()
                    == 200);
            assertThat(exchange(small, request("GET", "/jobs/a/result")).status())
                    .isEqualTo(410);
        }
    }

    @Test
    void moreUploadsThanMayBeOnTheirWayAreRefused() {
        try (TestGateway one = TestGateway.start("results.uploads=1")) {
            try (RawConnection first = new RawConnection(one)) {
                first.send(request("PUT", "/jobs/a/result", "Content-Length: 9", "Expect: 100-continue"));
                assertThat(first.answer().status()).isEqualTo(100);
                Answer second = exchange(one, withBody("PUT", "/jobs/b/result", "x"));
                assertThat(second.status()).isEqualTo(503);
                assertThat(second.text()).contains("too-many-uploads");
            }
            await().until(() ->
                    exchange(one, withBody("PUT", "/jobs/b/result", "x")).status() == 200);
        }
    }
}
