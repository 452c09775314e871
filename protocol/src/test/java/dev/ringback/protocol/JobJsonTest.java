package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobJsonTest {
    private static final JobId ID = JobId.of("import:1.~_-");
    private static final List<String> LEAST =
            List.of("jobId", "status", "version", "incarnation", "createdAt", "updatedAt", "attempt");

    @Test
    void aWholeJobHasExactlyItsMembersInOrder() {
        JsonNode job = Documents.parse(JobJson.document(whole()));
        assertThat(Documents.memberNames(job))
                .containsExactly(
                        "jobId",
                        "type",
                        "status",
                        "version",
                        "incarnation",
                        "progress",
                        "createdAt",
                        "updatedAt",
                        "startedAt",
                        "completedAt",
                        "expiresAt",
                        "result",
                        "error",
                        "attempt",
                        "correlationId",
                        "originalJobId");
        assertThat(job.get("jobId").textValue()).isEqualTo("import:1.~_-");
        assertThat(job.get("type").textValue()).isEqualTo("trans\"code\\\u00e9\ud83d\ude00");
        assertThat(job.get("status").textValue()).isEqualTo("completed");
        assertThat(job.get("version").longValue()).isEqualTo(7);
        assertThat(job.get("incarnation").textValue()).isEqualTo("k3f9a");
        assertThat(job.get("createdAt").textValue()).isEqualTo("1970-01-01T00:00:00.001Z");
        assertThat(job.get("updatedAt").textValue()).isEqualTo("1970-01-01T00:00:00.002Z");
        assertThat(job.get("startedAt").textValue()).isEqualTo("1970-01-01T00:00:00.003Z");
        assertThat(job.get("completedAt").textValue()).isEqualTo("1970-01-01T00:00:00.004Z");
        assertThat(job.get("expiresAt").textValue()).isEqualTo("1970-01-01T00:00:00.005Z");
        assertThat(job.get("attempt").intValue()).isEqualTo(2);
        assertThat(job.get("correlationId").textValue()).isEqualTo("c\"1");
        assertThat(job.get("originalJobId").textValue()).isEqualTo("o-1");
    }

    @Test
    void theOwnerIsInNoDocument() {
        assertThat(Documents.text(JobJson.document(whole()))).doesNotContain("owner", "the-owner");
        assertThat(whole().snapshot().owner()).isEqualTo("the-owner");
    }

    @Test
    void absentMembersAreLeftOut() {
        JsonNode job = Documents.parse(JobJson.document(least(JobState.QUEUED)));
        assertThat(Documents.memberNames(job)).containsExactlyElementsOf(LEAST);
        assertThat(job.get("status").textValue()).isEqualTo("queued");
    }

    @Test
    void whatCallersWroteIsSplicedAsItIs() {
        for (String value : Documents.OPAQUE) {
            byte[] json = Documents.utf8(value);
            JobRecord job = record(JobState.PROCESSING, json, json, json);
            String document = Documents.text(JobJson.document(job));
            assertThat(document)
                    .contains("\"progress\":" + value + ",\"createdAt\":")
                    .contains(",\"result\":" + value + ",\"error\":" + value + ",\"attempt\":");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSnapshotsEventSaysWhatTheRecordSays(JobState state) throws InvalidDocumentException {
        JobRecord job = record(state, Documents.utf8("{}"), null, null);
        JobEvent event = job.snapshot().present();
        assertThat(event.jobId()).isEqualTo(ID);
        assertThat(event.version()).isEqualTo(1);
        assertThat(event.state()).isEqualTo(state);
        assertThat(event.hasProgress()).isTrue();
        JobEvent read = JobEventReader.document(ID, event.json());
        assertThat(read).hasToString(event.toString());
        assertThat(read.hasProgress()).isTrue();
    }

    @Test
    void anHttpBodyOfAnOpenJobAddsTheHintAndTheLinks() {
        JobEvent event = least(JobState.PROCESSING).snapshot().present();
        JsonNode body = Documents.parse(JobJson.httpBody(event, 4, 0, false));
        assertThat(Documents.memberNames(body))
                .startsWith(LEAST.toArray(String[]::new))
                .endsWith("retryAfter", "links")
                .hasSize(LEAST.size() + 2);
        assertThat(body.get("retryAfter").intValue()).isEqualTo(4);
        assertThat(Documents.memberNames(body.get("links"))).containsExactly("self", "events", "cancel");
        assertThat(body.get("links").get("self").textValue()).isEqualTo("/jobs/" + ID);
        assertThat(body.get("links").get("events").textValue()).isEqualTo("/jobs/" + ID + "/events");
        assertThat(body.get("links").get("cancel").textValue()).isEqualTo("/jobs/" + ID);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "CANCELLED"})
    void anHttpBodyOfAnEndedJobHasNeitherHintNorCancelLink(JobState state) {
        JsonNode body = Documents.parse(JobJson.httpBody(least(state).snapshot().present(), 0, 0, false));
        assertThat(Documents.memberNames(body)).endsWith("links").doesNotContain("retryAfter");
        assertThat(Documents.memberNames(body.get("links"))).containsExactly("self", "events");
    }

    @Test
    void anHttpBodyLeavesTheEventAndItsWhiteSpaceAlone() throws InvalidDocumentException {
        JobEvent event = Documents.event(" " + Documents.JOB + " \r\n");
        String before = Documents.text(event.json());
        JsonNode body = Documents.parse(JobJson.httpBody(event, 1, 0, false));
        assertThat(Documents.memberNames(body))
                .containsExactly("jobId", "status", "version", "incarnation", "retryAfter", "links");
        assertThat(Documents.text(event.json())).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfAWaitNamesTheJobAndTheReason(GoneReason reason) {
        assertThat(reason.wireName()).isIn("expired", "unknown", "evicted");
        assertThat(Documents.text(JobJson.gone(ID, reason)))
                .isEqualTo("{\"jobId\":\"" + ID + "\",\"reason\":\"" + reason.wireName() + "\"}");
    }

    @Test
    void aWorkersEventIsAnsweredWithTheVersion() {
        assertThat(Documents.text(JobJson.accepted(9, false))).isEqualTo("{\"version\":9}");
        assertThat(Documents.text(JobJson.accepted(Long.MAX_VALUE, true)))
                .isEqualTo("{\"version\":9223372036854775807,\"duplicate\":true}");
    }

    @Test
    void eventNamesAreTheFiveOfTheProtocol() {
        assertThat(EventName.values())
                .extracting(EventName::wireName)
                .containsExactlyInAnyOrder("status", "progress", "complete", "reset", "gone");
    }

    private static JobRecord whole() {
        return new JobRecord(
                ID,
                "k3f9a",
                7,
                JobState.COMPLETED,
                "trans\"code\\\u00e9\ud83d\ude00",
                "the-owner",
                new JobRecord.Times(1, 2, 3, 4, 5),
                Documents.utf8("{\"current\":1}"),
                Documents.utf8("[]"),
                null,
                Documents.utf8("{\"code\":\"x\"}"),
                2,
                "c\"1",
                "o-1");
    }

    private static JobRecord least(JobState state) {
        return record(state, null, null, null);
    }

    private static JobRecord record(JobState state, byte[] progress, byte[] result, byte[] error) {
        return new JobRecord(
                ID,
                "k3f9a",
                1,
                state,
                null,
                null,
                new JobRecord.Times(1, 2, 0, 0, 0),
                progress,
                result,
                null,
                error,
                1,
                null,
                null);
    }
}
