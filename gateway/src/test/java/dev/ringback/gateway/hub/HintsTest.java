package dev.ringback.gateway.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When clients that poll are told to ask again. Seconds count from a moment long ago. */
class HintsTest {
    private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    private long now = START;
    private final Hints hints = new Hints(() -> Instant.ofEpochMilli(now));

    private static String at(double second) {
        return "\""
                + Instant.ofEpochMilli(START + (long) (second * 1000))
                        .plusNanos(1)
                        .toString()
                        .substring(0, 23) + "Z\"";
    }

    private static JobEvent job(JobState state, String members) {
        String json = "{\"jobId\":\"j\",\"status\":\"" + state.wireName() + "\"," + members + "}";
        return new JobEvent(JobId.of("j"), "k", 1, state, members.contains("progress"), json.getBytes(UTF_8));
    }

    private HttpBody body(double second, JobState state, String members) {
        now = START + (long) (second * 1000);
        return hints.body(job(state, members));
    }

    private static String text(HttpBody body) {
        return new String(body.bytes(), UTF_8);
    }

    private void endJobOf(String type, double created, double started, double completed) {
        body(
                completed,
                JobState.COMPLETED,
                "\"type\":\"" + type + "\",\"createdAt\":" + at(created) + ",\"startedAt\":" + at(started)
                        + ",\"completedAt\":" + at(completed));
    }

    @ParameterizedTest
    @CsvSource({"25, 100, 30", "50, 100, 10", "90, 100, 2", "100, 100, 1", "150, 100, 1"})
    void progressSaysHowLongTheRestTakes(int current, int total, int expected) {
        HttpBody body = body(
                10,
                JobState.PROCESSING,
                "\"startedAt\":" + at(0) + ",\"updatedAt\":" + at(10) + ",\"progress\":{\"current\":" + current
                        + ",\"total\":" + total + "}");

        assertThat(body.retryAfterSeconds()).isEqualTo(expected);
        assertThat(text(body)).contains("\"retryAfter\":" + expected);
    }

    @Test
    void estimateStandsInTheBodyWhileItLiesAhead() {
        String half =
                "\"startedAt\":" + at(0) + ",\"updatedAt\":" + at(10) + ",\"progress\":{\"current\":1,\"total\":2}";

        assertThat(text(body(10, JobState.PROCESSING, half))).contains("\"estimatedCompletion\":" + at(20));
        assertThat(body(15, JobState.PROCESSING, half).retryAfterSeconds()).isEqualTo(5);
        assertThat(text(body(21, JobState.PROCESSING, half))).doesNotContain("estimatedCompletion");
    }

    @Test
    void overdueJobIsAskedAboutEverLessOften() {
        String half =
                "\"startedAt\":" + at(0) + ",\"updatedAt\":" + at(10) + ",\"progress\":{\"current\":1,\"total\":2}";

        assertThat(body(22, JobState.PROCESSING, half).retryAfterSeconds()).isEqualTo(1);
        assertThat(body(30, JobState.PROCESSING, half).retryAfterSeconds()).isEqualTo(5);
        assertThat(body(500, JobState.PROCESSING, half).retryAfterSeconds()).isEqualTo(30);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "2, 1", "10, 5", "40, 20", "70, 30", "5000, 30"})
    void whereNothingIsKnownTheJobsSilenceDecides(double age, int expected) {
        String queued = "\"type\":\"unheard-of\",\"createdAt\":" + at(0) + ",\"updatedAt\":" + at(0);

        assertThat(body(age, JobState.QUEUED, queued).retryAfterSeconds()).isEqualTo(expected);
    }

    @Test
    void jobsOfOneTypeTakeAsLongAsThoseBefore() {
        endJobOf("t", 0, 4, 14);
        String processing =
                "\"type\":\"t\",\"createdAt\":" + at(20) + ",\"updatedAt\":" + at(21) + ",\"startedAt\":" + at(21);
        String queued = "\"type\":\"t\",\"createdAt\":" + at(20) + ",\"updatedAt\":" + at(20);

        assertThat(body(24, JobState.PROCESSING, processing).retryAfterSeconds())
                .isEqualTo(7);
        assertThat(body(24, JobState.QUEUED, queued).retryAfterSeconds()).isEqualTo(10);
        assertThat(body(24, JobState.QUEUED, queued.replace("\"t\"", "\"u\"")).retryAfterSeconds())
                .isEqualTo(2);
    }

    @Test
    void newerJobsWeighMoreAndNoneCountsTwice() {
        endJobOf("t", 0, 0, 10);
        for (int i = 0; i < 50; i++) {
            endJobOf("t", 0, 0.001, 10);
        }
        endJobOf("t", 20, 20, 50);
        String processing =
                "\"type\":\"t\",\"createdAt\":" + at(60) + ",\"updatedAt\":" + at(60) + ",\"startedAt\":" + at(60);

        assertThat(body(60, JobState.PROCESSING, processing).retryAfterSeconds())
                .isEqualTo(14);
    }

    @Test
    void endedJobHasNoHintAndARetryableFailureALink() {
        assertThat(body(1, JobState.COMPLETED, "\"x\":1").retryAfterSeconds()).isZero();
        HttpBody failed = body(1, JobState.FAILED, "\"error\":{\"retryable\":true}");
        assertThat(text(failed)).contains("\"retry\":\"/jobs/j/retry\"").doesNotContain("retryAfter", "cancel");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7",
                "{\"current\":-5,\"total\":10}",
                "{\"current\":1e400,\"total\":2}",
                "{\"current\":\"1\",\"total\":[]}",
                "{\"current\":1,\"total\":0}"
            })
    void progressThatSaysNothingOfTheRestIsNoPace(String progress) {
        HttpBody body = body(
                4,
                JobState.PROCESSING,
                "\"startedAt\":" + at(0) + ",\"updatedAt\":" + at(0) + ",\"progress\":" + progress);

        assertThat(body.retryAfterSeconds()).isEqualTo(2);
    }

    @Test
    void timesThatNoClockWroteAreNone() {
        HttpBody body = body(4, JobState.PROCESSING, "\"startedAt\":7,\"updatedAt\":\"yesterday\",\"createdAt\":null");

        assertThat(body.retryAfterSeconds()).isEqualTo(30);
    }
}
