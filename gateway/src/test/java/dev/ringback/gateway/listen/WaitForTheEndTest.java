package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.listen.TransportTest.Answer;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits that only a job's end answers: {@code GET /jobs/{id}/result}, and submissions that prefer to wait. */
class WaitForTheEndTest {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static TestGateway gateway;

    private String job = "";

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "limits.inline-result-bytes=1KiB", "long-poll.max-wait=2s", "long-poll.default-wait=1s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void makeJob() throws IOException {
        job = "/jobs/end" + NAMES.incrementAndGet();
        assertThat(Wire.exchange(gateway, "PUT", job, "{\"type\":\"t\"}").status())
                .isEqualTo(202);
    }

    private static Answer get(String target) throws IOException {
        return Wire.exchange(gateway, "GET", target, "");
    }

    private void move(String event) throws IOException {
        assertThat(Wire.post(gateway, job + "/events", event).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"status\":\"completed\",\"result\":[1, 2 ,{}]};[1, 2 ,{}]",
                "{\"status\":\"completed\",\"result\":12345678901234567890};12345678901234567890",
                "{\"status\":\"completed\"};null"
            })
    void resultOfACompletedJobIsWhatTheWorkerSent(String event, String result) throws IOException {
        move(event);
        Answer answer = get(job + "/result");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(answer.body()).isEqualTo(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "cancelled"})
    void resultOfAJobThatDidNotCompleteIsTheJob(String status) throws IOException {
        move("{\"status\":\"" + status + "\",\"error\":{\"code\":\"c\",\"message\":\"m\"}}");
        Answer answer = get(job + "/result");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.json().path("status").asText()).isEqualTo(status);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo("c");
    }

    @Test
    void largeResultIsReadByItsUrlWhileEventsOnlyNameIt() throws IOException {
        String large = "\"" + "r".repeat(2000) + "\"";
        try (Wire sse = new Wire(gateway).get(job + "/events");
                Wire held = new Wire(gateway).get(job + "/result?wait=2")) {
            assertThat(sse.head().status()).isEqualTo(200);
            Wire.awaitWaiting(gateway, "long_poll", 1);
            move("{\"status\":\"completed\",\"result\":" + large + "}");
            assertThat(held.answer().body()).isEqualTo(large);
            assertThat(sse.eventsToEnd())
                    .last()
                    .satisfies(event -> assertThat(event.data())
                            .contains("\"resultUrl\":\"" + job + "/result\"")
                            .doesNotContain("rrr"));
        }
        Answer document = get(job);
        assertThat(document.json().has("result")).isFalse();
        assertThat(get(document.json().path("resultUrl").asText()).body()).isEqualTo(large);
    }

    @Test
    void resultThatLivesElsewhereIsRedirectedTo() throws IOException {
        move("{\"status\":\"completed\",\"resultUrl\":\"https://files.example/r?id=1&x=%20\"}");
        Answer answer = get(job + "/result");
        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("https://files.example/r?id=1&x=%20");
        assertThat(get(job).json().path("resultUrl").asText()).startsWith("https://files.example/");
    }

    @Test
    void resultIsHeldThroughProgressUntilTheEnd() throws IOException {
        try (Wire wire = new Wire(gateway).get(job + "/result?wait=2")) {
            Wire.awaitWaiting(gateway, "long_poll", 1);
            move("{\"progress\":1}");
            move("{\"progress\":2}");
            move("{\"status\":\"completed\",\"result\":true}");
            assertThat(wire.answer().body()).isEqualTo("true");
        }
    }

    /** The second wishes for more than {@code long-poll.max-wait}, the third for nothing, which is the default. */
    @ParameterizedTest
    @ValueSource(strings = {"?wait=1", "?wait=999999", ""})
    void resultThatIsNotThereAtTheDeadlineIsATimeoutWithTheState(String query) throws IOException {
        move("{\"progress\":1}");
        try (Wire wire = new Wire(gateway).get(job + "/result" + query)) {
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.json().path("status").asText()).isEqualTo("processing");
            assertThat(wire.get(job).answer().status()).isEqualTo(200);
        }
    }

    /** OkHttp repeats a request after a 408 by itself, but not where Retry-After asks for a pause. */
    @Test
    void okHttpAsksOnceForAResultThatIsNotThereInTime() throws IOException {
        AtomicInteger sent = new AtomicInteger();
        double before = Wire.metric(gateway, "ringback_requests_total");
        OkHttpClient client = new OkHttpClient.Builder()
                .readTimeout(10, TimeUnit.SECONDS)
                .addNetworkInterceptor(chain -> {
                    sent.incrementAndGet();
                    return chain.proceed(chain.request());
                })
                .build();
        Request request = new Request.Builder()
                .url(gateway.http(job + "/result?wait=1").toString())
                .build();
        try (Response response = client.newCall(request).execute()) {
            assertThat(response.code()).isEqualTo(408);
            assertThat(response.header("Retry-After")).isEqualTo("1");
            assertThat(response.body().string()).contains("\"status\":\"queued\"");
        } finally {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
        assertThat(sent).hasValue(1);
        assertThat(Wire.metric(gateway, "ringback_requests_total")).isEqualTo(before + 1);
    }

    @Test
    void longPollIsCutToTheLongestWait() throws IOException {
        Answer answer = Wire.exchange(gateway, "GET", job, "", "Prefer: wait=3600");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Preference-Applied")).startsWith("wait=");
    }

    @Test
    void submissionMayWaitForTheEnd() throws IOException {
        job = job + "-put";
        try (Wire wire = new Wire(gateway)) {
            wire.send(Wire.request("PUT", job, "{\"type\":\"t\"}", "Prefer: wait=2"));
            Wire.awaitWaiting(gateway, "long_poll", 1);
            move("{\"progress\":1}");
            move("{\"status\":\"completed\"}");
            Answer ended = wire.answer();
            assertThat(ended.status()).isEqualTo(200);
            assertThat(ended.json().path("status").asText()).isEqualTo("completed");
            assertThat(ended.header("Preference-Applied")).isEqualTo("wait=2");
        }
        Answer early = Wire.post(gateway, "/jobs", "{\"type\":\"t\"}", "Prefer: wait=1");
        assertThat(early.status()).isEqualTo(202);
        assertThat(early.header("Location"))
                .isEqualTo(early.json().at("/links/self").asText());
        assertThat(early.header("Retry-After")).isNotEmpty();
        Answer async = Wire.post(gateway, "/jobs", "{\"type\":\"t\"}");
        assertThat(async.status()).isEqualTo(202);
        assertThat(async.header("Preference-Applied")).isEmpty();
    }
}
