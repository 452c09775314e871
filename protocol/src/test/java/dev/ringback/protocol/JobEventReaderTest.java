package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobEventReaderTest {
    private static final JobId ID = JobId.of("1");
    private static final String MEMBERS = Documents.JOB.substring(1);

    @Test
    void aStoredEventIsTheDocumentWithoutItsMark() throws InvalidDocumentException {
        JobEvent event = read("{\"rb\":1," + MEMBERS);
        assertThat(event.jobId()).isEqualTo(ID);
        assertThat(event.incarnation()).isEqualTo("k3f9a");
        assertThat(event.version()).isEqualTo(7);
        assertThat(event.state()).isEqualTo(JobState.PROCESSING);
        assertThat(event.hasProgress()).isFalse();
        assertThat(Documents.text(event.json())).isEqualTo(Documents.JOB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{ \"rb\" : 1 ,", "{\"x\":{},\"rb\":1,", "{\"\\u0072b\":1,"})
    void theMarkIsKnownHoweverItIsWritten(String start) throws InvalidDocumentException {
        JobEvent event = read(start + MEMBERS);
        assertThat(event).isNotNull();
        assertThat(event.version()).isEqualTo(7);
        assertThat(Documents.parse(event.json()).get("jobId").textValue()).isEqualTo("1");
    }

    @Test
    void aByteOrderMarkIsNotPassedOn() throws InvalidDocumentException {
        JobEvent event = read("\ufeff{\"rb\":1," + MEMBERS);
        assertThat(event.json()).startsWith('{');
        assertThat(event.version()).isEqualTo(7);
    }

    @Test
    void theCallersPartsStayTheBytesThatTheyAre() throws InvalidDocumentException {
        for (String value : Documents.OPAQUE) {
            String more = "\"result\":" + value + ",\"error\": " + value + " ,";
            assertThat(Documents.text(read("{\"rb\":1," + more + MEMBERS).json()))
                    .isEqualTo("{" + more + MEMBERS);
            JobEvent kept = JobEventReader.document(ID, Documents.utf8("{" + more + MEMBERS));
            assertThat(Documents.text(kept.json())).isEqualTo("{" + more + MEMBERS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "[]",
                "1",
                "{}",
                "{\"status\":\"complete\"}",
                "{\"rb\":0,\"status\":\"complete\"}",
                "{\"rb\":2,\"status\":\"complete\"}",
                "{\"rb\":\"1\",\"status\":\"complete\"}",
                "{\"rb\":true,\"status\":\"complete\"}",
                "{\"rb\":null,\"status\":\"complete\"}",
                "{\"x\":{\"rb\":1},\"status\":\"complete\"}",
                "{\"RB\":1,\"status\":\"complete\"}",
                "{\"status\":\"complete\",\"version\":7,\"incarnation\":\"k3f9a\",\"jobId\":\"1\"}",
                "{\"status\":\"complete\",\"version\":\"seven\",\"incarnation\":7,\"jobId\":{}}"
            })
    void anythingWithoutTheMarkIsPlain(String message) throws InvalidDocumentException {
        assertThat(read(message)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"version\":7,\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"2\",\"version\":7,\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":1,\"version\":7,\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"a b\",\"version\":7,\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":0,\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":-1,\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":1.5,\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":\"7\",\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":9223372036854775808,\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":99999999999999999999,\"incarnation\":\"k\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":7,\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":7,\"incarnation\":\"\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":7,\"incarnation\":\"a-b\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":7,\"incarnation\":\"a\\nb\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":7,\"incarnation\":\"abcdefghijklmnopqrstuvwxyz0123456\",\"status\":\"done\"",
                "\"jobId\":\"1\",\"version\":7,\"incarnation\":\"k\"",
                "\"jobId\":\"1\",\"version\":7,\"incarnation\":\"k\",\"status\":\"finito\"",
                "\"jobId\":\"1\",\"version\":7,\"incarnation\":\"k\",\"status\":null"
            })
    void whatClaimsToBeStoredAndIsNoDocumentIsRefusedAndNeverPlain(String members) {
        assertRefused("{\"rb\":1," + members + "}");
        assertRefused("{ \"rb\":1," + members + "}");
        assertRefused("{" + members + ",\"rb\":1}");
        assertThatThrownBy(() -> JobEventReader.document(ID, Documents.utf8("{" + members + "}")))
                .isInstanceOf(InvalidDocumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"rb\":1,}", "{\"rb\":1,\"jobId\"", "{\"rb\":1,\"jobId\":\"1\"}garbage"})
    void aDamagedStoredEventIsRefused(String message) {
        assertRefused(message);
    }

    @ParameterizedTest
    @CsvSource({
        "queued, , STATUS",
        "processing, , STATUS",
        "queued, {}, STATUS",
        "processing, {}, PROGRESS",
        "processing, null, STATUS",
        "completed, {}, COMPLETE",
        "failed, , COMPLETE",
        "cancelled, , COMPLETE"
    })
    void anEventIsNamedByItsStateAndProgress(String status, String progress, EventName name)
            throws InvalidDocumentException {
        String more = progress == null ? "" : "\"progress\":" + progress + ",";
        JobEvent event = Documents.event(
                "{" + more + "\"jobId\":\"1\",\"version\":1,\"incarnation\":\"k\",\"status\":\"" + status + "\"}");
        assertThat(event.name()).isEqualTo(name);
    }

    @Test
    void theEventsTextLeavesTheDocumentOut() throws InvalidDocumentException {
        assertThat(Documents.event(Documents.member(Documents.JOB, "\"result\":\"secret\"")))
                .hasToString("JobEvent[1 k3f9a-7 processing]");
    }

    @Test
    void theResultIsFoundInTheDocument() throws InvalidDocumentException {
        JobResult inline = JobResult.of(Documents.event(Documents.member(Documents.JOB, "\"result\": [ 1e400 ] ")));
        assertThat(Documents.text(inline.inline())).isEqualTo("[ 1e400 ]");
        assertThat(inline.url()).isNull();
        JobResult elsewhere = JobResult.of(Documents.event(Documents.member(Documents.JOB, "\"resultUrl\":\"/a\"")));
        assertThat(elsewhere).isEqualTo(new JobResult(null, "/a"));
        assertThat(JobResult.of(Documents.event(Documents.JOB))).isEqualTo(new JobResult(null, null));
    }

    private static JobEvent read(String message) throws InvalidDocumentException {
        return JobEventReader.read(ID, Documents.utf8(message));
    }

    private static void assertRefused(String message) {
        assertThatThrownBy(
                        () -> assertThat(read(message)).as("plain: " + message).isNotNull())
                .isInstanceOf(InvalidDocumentException.class);
    }
}
