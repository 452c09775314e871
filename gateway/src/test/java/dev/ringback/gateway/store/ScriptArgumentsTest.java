package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptArgumentsTest {
    private final ScriptArguments arguments =
            new ScriptArguments(GatewayConfig.of("jobs.result-ttl=90s", "jobs.log-events=3"));

    @Test
    void keysAreTheJobsInTheScriptsOrder() {
        assertThat(texts(ScriptArguments.keys(JobId.of("7"))))
                .containsExactly("job:7", "{job:7}:log", "{job:7}:result");
    }

    @Test
    void whatIsAbsentIsLeftOut() {
        List<String> apply =
                texts(arguments.apply(JobChange.to(JobState.FAILED), new JobStore.Origin(null, true, null)));

        assertThat(apply)
                .containsExactly(
                        "apply",
                        "inlineBytes",
                        "32768",
                        "resultTtlMillis",
                        "90000",
                        "tombstoneMillis",
                        "86400000",
                        "maxAgeMillis",
                        "86400000",
                        "logEvents",
                        "3",
                        "checked",
                        "1",
                        "outboxEvents",
                        "100000",
                        "progressIntervalMillis",
                        "10000",
                        "status",
                        "failed",
                        "create",
                        "1");
    }

    @Test
    void webhooksAreSpokenOfWhereThereAreNone() {
        ScriptArguments without =
                new ScriptArguments(GatewayConfig.of("webhook.enabled=false", "webhook.progress-interval=1s"));

        assertThat(texts(without.apply(JobChange.to(JobState.FAILED), new JobStore.Origin(null, true, null))))
                .containsSubsequence("webhooks", "0", "outboxEvents", "100000", "progressIntervalMillis", "1000");
    }

    @Test
    void everythingGivenIsPassedOn() {
        JobChange change = new JobChange(
                JobState.COMPLETED, bytes("{}"), bytes("[]"), "/x", bytes("{\"code\":\"ü\"}"), "resize", "e1");

        assertThat(texts(arguments.apply(change, new JobStore.Origin("alice", false, "gw"))))
                .containsSubsequence("progress", "{}", "result", "[]", "resultUrl", "/x", "error", "{\"code\":\"ü\"}")
                .containsSubsequence("type", "resize", "eventId", "e1", "owner", "alice", "create", "0", "plain", "gw");
    }

    @Test
    void submissionIsPassedOnWithItsTimeToLiveInMilliseconds() {
        NewJob job = new NewJob(
                "t", bytes("[1]"), -3, bytes("{}"), "c", Duration.ofSeconds(2), JobId.of("first"), NewJob.Plan.NONE);

        assertThat(texts(arguments.create(job, new JobStore.Submission("alice", "f"))))
                .startsWith("create", "inlineBytes")
                .containsSubsequence("type", "t", "input", "[1]", "priority", "-3", "webhook", "{}")
                .containsSubsequence("correlationId", "c", "originalJobId", "first", "owner", "alice")
                .containsSubsequence("fingerprint", "f", "ttlMillis", "2000");
    }

    @Test
    void planIsPassedOnWhereThereIsOne() {
        NewJob.Plan plan = new NewJob.Plan(4, 5, List.of(JobId.of("a"), JobId.of("b~:")), NewJob.AfterFailure.CANCEL);
        NewJob planned = new NewJob("t", null, 0, null, null, null, null, plan);
        NewJob plain = new NewJob("t", null, 0, null, null, null, null, NewJob.Plan.NONE);

        assertThat(texts(arguments.create(planned, new JobStore.Submission(null, "f", 6))))
                .containsSubsequence("maxAttempts", "6", "runAtMillis", "5", "plannedAttempts", "4")
                .containsSubsequence("after", "[\"a\",\"b~:\"]", "afterFailure", "cancel");
        assertThat(texts(arguments.create(plain, new JobStore.Submission(null, "f"))))
                .doesNotContain("maxAttempts", "runAtMillis", "plannedAttempts", "after", "afterFailure", "ttlMillis");
    }

    @Test
    void whatALeaseSaysGoesWithTheStateThatItIsAbout() {
        LeaseUse use = LeaseUse.of("l").delayed(7).retrying(new LeaseUse.Retry(1, 2, 3));

        assertThat(leased(JobState.FAILED, use))
                .containsSubsequence("lease", "l", "deadTtlMillis", "604800000")
                .containsSubsequence("retryBaseMillis", "1", "retryMaxMillis", "2", "jitterPerMillion", "3")
                .doesNotContain("begins", "delayMillis");
        assertThat(leased(JobState.QUEUED, use))
                .containsSubsequence("lease", "l", "delayMillis", "7")
                .doesNotContain("begins", "retryBaseMillis", "retryMaxMillis", "jitterPerMillion");
        assertThat(leased(JobState.COMPLETED, use))
                .contains("lease")
                .doesNotContain("begins", "delayMillis", "retryBaseMillis", "retryMaxMillis", "jitterPerMillion");
        assertThat(leased(JobState.PROCESSING, LeaseUse.beginning("l")))
                .containsSubsequence("lease", "l", "begins", "1");
    }

    private List<String> leased(JobState state, LeaseUse use) {
        return texts(arguments.apply(JobChange.to(state), new JobStore.Origin(null, false, null, use)));
    }

    private static List<String> texts(List<byte[]> arguments) {
        return arguments.stream().map(bytes -> new String(bytes, UTF_8)).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
