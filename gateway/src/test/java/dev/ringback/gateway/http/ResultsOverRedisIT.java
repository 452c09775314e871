package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import dev.ringback.protocol.ApplyScript;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Results of any media type in a Redis that two gateways share. */
class ResultsOverRedisIT {
    private static final String UPLOAD = "0123456789abcdef0123456789abcdef";
    private static RedisProcess redis;
    private static TestGateway a;
    private static TestGateway b;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        a = TestGateway.start("store.kind=redis", "redis.uri=" + redis.uri());
        b = TestGateway.start("store.kind=redis", "redis.uri=" + redis.uri());
    }

    @AfterAll
    static void stop() {
        a.close();
        b.close();
        redis.close();
    }

    private static List<?> keys(String job) {
        return (List<?>) redis.cli("KEYS", "{job:" + job + "}:*:????????????????????????????????");
    }

    @Test
    void whatOneGatewayTakesTheOtherSends() {
        String body = UploadTest.bytes(5_000_000, 1);
        try (RawConnection waiting = new RawConnection(b)) {
            waiting.send(request("GET", "/jobs/shared/result?wait=10"));
            Answer put =
                    UploadTest.exchange(a, withBody("PUT", "/jobs/shared/result", body, "Content-Type: video/mp4"));
            assertThat(put.status()).as(put.text()).isEqualTo(200);
            Answer got = waiting.answer();

            assertThat(got.header("Content-Type")).isEqualTo("video/mp4");
            assertThat(new String(got.body(), ISO_8859_1)).isEqualTo(body);
            assertThat(UploadTest.exchange(b, request("GET", "/jobs/shared/result", "Range: bytes=4999990-"))
                            .body())
                    .hasSize(10);
        }
    }

    @Test
    void bytesEndWithTheJob() {
        UploadTest.exchange(a, withBody("PUT", "/jobs/ends/result", "x"));
        long record = Long.parseLong((String) redis.cli("HGET", "job:ends", "expires"));

        await().until(() -> keys("ends").stream().allMatch(key -> {
            long ends = System.currentTimeMillis() + (long) redis.cli("PTTL", (String) key);
            return Math.abs(ends - record) < 2_000;
        }));
        assertThat(keys("ends")).hasSize(2);
    }

    @Test
    void uploadsThatAreBrokenOffOrLoseLeaveNothing() {
        try (RawConnection connection = new RawConnection(a)) {
            connection.send(request("PUT", "/jobs/left/result", "Content-Length: 9000000"));
            connection.send(UploadTest.bytes(1_000_000, 1));
            await().until(() -> keys("left").size() == 1);
            assertThat((long) redis.cli("PTTL", (String) keys("left").get(0))).isBetween(1L, 91_000L);
        }
        await().until(() -> keys("left").isEmpty());
        UploadTest.exchange(a, withBody("PUT", "/jobs/left/result", "first"));
        UploadTest.exchange(b, withBody("PUT", "/jobs/left/result", "second"));
        assertThat(keys("left")).hasSize(2);
    }

    /** A gateway that dies after it sealed the bytes and before it completed the job. */
    @Test
    void sealedBytesThatNoJobNamesDoNotStandInTheWayOfAnother() {
        seal("sealed");
        assertThat(UploadTest.exchange(a, request("GET", "/jobs/sealed")).status())
                .isEqualTo(404);
        assertThat(UploadTest.exchange(a, withBody("PUT", "/jobs/sealed/result", "again"))
                        .status())
                .isEqualTo(200);
        assertThat(UploadTest.exchange(b, request("GET", "/jobs/sealed/result")).text())
                .isEqualTo("again");
    }

    /** A gateway that dies after it completed the job, and before it answered or set the end of the bytes. */
    @Test
    void completedJobHasItsBytesWhateverHappensAfterwards() {
        seal("crashed");
        redis.cli(
                "EVAL",
                new String(ApplyScript.source(), UTF_8),
                "3",
                "job:crashed",
                "{job:crashed}:log",
                "{job:crashed}:result",
                "apply",
                "status",
                "completed",
                "resultUrl",
                "/jobs/crashed/result?upload=" + UPLOAD);

        assertThat(UploadTest.exchange(b, request("GET", "/jobs/crashed/result"))
                        .text())
                .isEqualTo("hello");
        Answer again = UploadTest.exchange(a, withBody("PUT", "/jobs/crashed/result", "hello"));
        assertThat(again.json().path("duplicate").asBoolean()).as(again.text()).isTrue();
    }

    private static void seal(String job) {
        String sha = Authenticator.digest("hello".getBytes(UTF_8));
        redis.cli("SET", "{job:" + job + "}:blob:" + UPLOAD, "hello", "PX", "60000");
        redis.cli("SET", "{job:" + job + "}:about:" + UPLOAD, "1 5 " + sha + " text/plain", "PX", "60000");
    }

    @Test
    void redisThatIsAwayEndsTheUploadWithAReason() {
        RedisProcess own = RedisProcess.start();
        try (TestGateway gateway =
                        TestGateway.start("store.kind=redis", "redis.uri=" + own.uri(), "store.timeout=500ms");
                RawConnection connection = new RawConnection(gateway)) {
            connection.send(request("PUT", "/jobs/away/result", "Content-Length: 9000000"));
            connection.send(UploadTest.bytes(500_000, 1));
            await().until(() -> own.cli("KEYS", "{job:away}*") instanceof List<?> keys && keys.size() == 1);
            own.kill();
            connection.send(UploadTest.bytes(500_000, 2));
            Answer answer = connection.answer();

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.closes()).isTrue();
        } finally {
            own.close();
        }
    }
}
