package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploaded bytes are downloaded, whole or in part. */
class DownloadTest {
    private static final String SHORT = "0123456789";
    private static final String LONG = UploadTest.bytes(8_000_000, 7);
    private static TestGateway gateway;
    private static String tag;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("stream.stall-timeout=500ms");
        tag = UploadTest.exchange(gateway, withBody("PUT", "/jobs/short/result", SHORT, "Content-Type: text/plain"))
                .header("ETag");
        UploadTest.exchange(gateway, withBody("PUT", "/jobs/long/result", LONG));
        UploadTest.exchange(gateway, withBody("PUT", "/jobs/empty/result", ""));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Answer get(String target, String... headers) {
        return UploadTest.exchange(gateway, request("GET", target, headers));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 206, 0, bytes 0-0/10",
        "bytes=3-, 206, 3456789, bytes 3-9/10",
        "bytes=0-, 206, 0123456789, bytes 0-9/10",
        "bytes=-3, 206, 789, bytes 7-9/10",
        "bytes=2-4, 206, 234, bytes 2-4/10",
        "bytes=8-80, 206, 89, bytes 8-9/10",
        "'bytes=0-1,4-5', 200, 0123456789, ''",
        "bytes=4-2, 200, 0123456789, ''",
        "pages=1-2, 200, 0123456789, ''"
    })
    void rangeIsAnswered(String range, int status, String body, String place) {
        Answer answer = get("/jobs/short/result", "Range: " + range);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(body);
        assertThat(answer.header("Content-Range")).isEqualTo(place);
        assertThat(answer.header("Accept-Ranges")).isEqualTo("bytes");
        assertThat(answer.header("ETag")).isEqualTo(tag);
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=100-200", "bytes=-0"})
    void rangeBehindTheEndIsUnsatisfiable(String range) {
        Answer answer = get("/jobs/short/result", "Range: " + range);

        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes */10");
        answer.isProblem();
    }

    @Test
    void rangeOfNothingIsUnsatisfiableAndNothingIsAnsweredWhole() {
        assertThat(get("/jobs/empty/result", "Range: bytes=0-").header("Content-Range"))
                .isEqualTo("bytes */0");
        assertThat(get("/jobs/empty/result").status()).isEqualTo(200);
        assertThat(get("/jobs/empty/result").body()).isEmpty();
    }

    @Test
    void rangeCountsOnlyWhereTheClientHasTheRestOfTheseBytes() {
        assertThat(get("/jobs/short/result", "Range: bytes=5-", "If-Range: " + tag)
                        .status())
                .isEqualTo(206);
        for (String other : new String[] {"\"other\"", "W/" + tag, "Sat, 29 Oct 2022 19:43:31 GMT"}) {
            assertThat(get("/jobs/short/result", "Range: bytes=5-", "If-Range: " + other)
                            .text())
                    .isEqualTo(SHORT);
        }
    }

    @Test
    void clientThatHasTheBytesIsNotSentThem() {
        for (String tags : new String[] {tag, "\"a\", " + tag, "W/" + tag, "*"}) {
            Answer answer = get("/jobs/short/result", "If-None-Match: " + tags, "Range: bytes=0-1");
            assertThat(answer.status()).isEqualTo(304);
            assertThat(answer.header("ETag")).isEqualTo(tag);
        }
        assertThat(get("/jobs/short/result", "If-None-Match: \"other\"").status())
                .isEqualTo(200);
    }

    @Test
    void headTellsTheLengthAndKeepsTheConnection() {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer longHead = connection.exchange(request("HEAD", "/jobs/long/result", "Range: bytes=0-1"));
            assertThat(longHead.status()).isEqualTo(200);
            assertThat(longHead.header("Content-Length")).isEqualTo("8000000");
            assertThat(longHead.closes()).isFalse();
            assertThat(connection.exchange(request("GET", "/jobs/short/result")).text())
                    .isEqualTo(SHORT);
        }
    }

    @Test
    void longResultIsSentWholeAndEndsTheConnection() {
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(request("GET", "/jobs/long/result") + request("GET", "/jobs/short/result"));
            Answer answer = connection.answer();

            assertThat(answer.closes()).isTrue();
            assertThat(new String(answer.body(), ISO_8859_1)).isEqualTo(LONG);
            assertThat(connection.rest()).isEmpty();
        }
    }

    @Test
    void longRangeBeginsAndEndsWhereItShould() {
        Answer answer = get("/jobs/long/result", "Range: bytes=70001-6999999");

        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes 70001-6999999/8000000");
        assertThat(new String(answer.body(), ISO_8859_1)).isEqualTo(LONG.substring(70_001, 7_000_000));
    }

    @Test
    void clientThatDoesNotReadIsCutOffAndCostsTwoPieces() {
        double failed = Metrics.of(gateway, "ringback_result_downloads_failed_total");
        double bytes = Metrics.of(gateway, "ringback_result_downloaded_bytes_total");
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(request("GET", "/jobs/long/result"));
            await().until(() -> Metrics.of(gateway, "ringback_result_downloads_failed_total") == failed + 1);
            double sent = Metrics.of(gateway, "ringback_result_downloaded_bytes_total") - bytes;
            assertThat(sent)
                    .as("what the kernel's buffers took, and two pieces")
                    .isLessThan(8_000_000);
        }
    }

    @Test
    void resultOfAnUnknownUploadIsGone() {
        String event = "{\"status\":\"completed\",\"resultUrl\":\"/jobs/forged/result?upload=" + "0".repeat(32) + "\"}";
        UploadTest.exchange(gateway, withBody("POST", "/jobs/forged/events", event));

        assertThat(get("/jobs/forged/result").status()).isEqualTo(410);
    }
}
