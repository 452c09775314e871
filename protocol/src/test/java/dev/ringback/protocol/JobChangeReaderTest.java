package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobChangeReaderTest {
    @ParameterizedTest
    @CsvSource({
        "queued, QUEUED", "pending, QUEUED", "processing, PROCESSING", "running, PROCESSING", "started, PROCESSING",
        "active, PROCESSING", "completed, COMPLETED", "complete, COMPLETED", "done, COMPLETED", "success, COMPLETED",
        "succeeded, COMPLETED", "finished, COMPLETED", "failed, FAILED", "error, FAILED", "failure, FAILED",
        "cancelled, CANCELLED", "canceled, CANCELLED", "revoked, CANCELLED", "SUCCESS, COMPLETED"
    })
    void eachSpellingOfAStatusIsRead(String status, JobState state) throws InvalidDocumentException {
        JobChange change = read("{\"status\":\"" + status + "\"}");
        assertThat(change.state()).isEqualTo(state);
        assertThat(change.progress()).isNull();
        assertThat(change.result()).isNull();
        assertThat(change.resultUrl()).isNull();
        assertThat(change.error()).isNull();
        assertThat(change.type()).isNull();
        assertThat(change.eventId()).isNull();
    }

    @ParameterizedTest
    @MethodSource("opaque")
    void aResultStaysTheBytesThatItIs(String value) throws InvalidDocumentException {
        for (String space : new String[] {"", " ", "\r\n\t "}) {
            for (String behind : new String[] {"", ",\"x\":1"}) {
                JobChange change = read("{\"status\":\"done\",\"result\":" + space + value + space + behind + "}");
                assertThat(Documents.text(change.result())).isEqualTo(value);
            }
        }
    }

    static Stream<String> opaque() {
        return Documents.OPAQUE.stream();
    }

    @Test
    void aResultBehindLongAndWideTextStaysTheBytesThatItIs() throws InvalidDocumentException {
        String wide = "\ud83d\ude00\u00e9".repeat(5_000);
        JobChange change =
                read("{\"" + wide + "\":\"" + wide + "\",\"status\":\"done\",\"result\":[\"" + wide + "\"],\"z\":1}");
        assertThat(Documents.text(change.result())).isEqualTo("[\"" + wide + "\"]");
    }

    @Test
    void aByteOrderMarkDoesNotShiftTheResult() throws InvalidDocumentException {
        JobChange change = read("\ufeff{\"status\":\"done\",\"result\":[1]}");
        assertThat(Documents.text(change.result())).isEqualTo("[1]");
    }

    @Test
    void progressAndErrorStayTheBytesThatTheyAre() throws InvalidDocumentException {
        String object = "{\r\n\"a\" : [ ],\"a\":12345678901234567 ,\"b\":1e400}";
        JobChange change = read("{\"status\":\"failed\",\"progress\":" + object + ",\"error\": " + object + " }");
        assertThat(Documents.text(change.progress())).isEqualTo(object);
        assertThat(Documents.text(change.error())).isEqualTo(object);
    }

    @ParameterizedTest
    @ValueSource(strings = {"45", "0", "-1", "4.50", "1e400", "12345678901234567"})
    void aNumberServesAsProgress(String number) throws InvalidDocumentException {
        JobChange change = read("{\"progress\":" + number + "}");
        assertThat(change.state()).isEqualTo(JobState.PROCESSING);
        assertThat(Documents.text(change.progress())).isEqualTo("{\"current\":" + number + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no space left", "\u00e9\ud83d\ude00", "a\"b\\c\n\u0000"})
    void aStringServesAsError(String message) throws InvalidDocumentException {
        String json = Documents.text(new JsonWriter(64)
                .string("status", "failed")
                .string("error", message)
                .end());
        JobChange change = read(json);
        assertThat(Documents.parse(change.error()).get("message").textValue()).isEqualTo(message);
    }

    @Test
    void anErrorWithHalfACharacterIsStillJson() throws InvalidDocumentException {
        JobChange change = read("{\"status\":\"failed\",\"error\":\"a\\ud800b\"}");
        assertThat(Documents.memberNames(Documents.parse(change.error()))).containsExactly("message");
    }

    @Test
    void nullMembersCountAsAbsent() throws InvalidDocumentException {
        JobChange change = read("{\"status\":\"running\",\"progress\":null,\"result\":null,\"resultUrl\":null,"
                + "\"error\":null,\"type\":null,\"eventId\":null}");
        assertThat(change).isEqualTo(JobChange.to(JobState.PROCESSING));
    }

    @Test
    void theLastOfRepeatedMembersCounts() throws InvalidDocumentException {
        JobChange change = read("{\"status\":\"running\",\"result\":1,\"status\":\"done\",\"result\":2}");
        assertThat(change.state()).isEqualTo(JobState.COMPLETED);
        assertThat(Documents.text(change.result())).isEqualTo("2");
    }

    @Test
    void anEscapedMemberNameIsThatName() throws InvalidDocumentException {
        assertThat(read("{\"st\\u0061tus\":\"d\\u006fne\"}").state()).isEqualTo(JobState.COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/jobs/1/result", "/x?y=1#z", "http://x.example/a", "https://x.example:8443/a?b=%20"})
    void aResultMayLiveElsewhere(String url) throws InvalidDocumentException {
        assertThat(read("{\"status\":\"done\",\"resultUrl\":\"" + url + "\"}").resultUrl())
                .isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "x/y",
                "//evil.example/",
                "/\\\\evil.example",
                "javascript:alert(1)",
                "ftp://x/",
                "http:x",
                "/a b",
                "/\u00e9",
                "/a\\r\\nSet-Cookie: a=b",
                "/a\\u0000",
                "/\\\"",
                "/<script>"
            })
    void aResultUrlThatIsNoPlainUrlIsRefused(String url) {
        assertRefused("{\"status\":\"done\",\"resultUrl\":\"" + url + "\"}", "\"resultUrl\" must");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | \"status\" is missing",
                "{\"result\":1} | \"status\" is missing",
                "{\"progress\":null} | \"status\" is missing",
                "{\"status\":null} | \"status\" must be",
                "{\"status\":1} | \"status\" must be a string",
                "{\"status\":[\"done\"]} | \"status\" must be a string",
                "{\"status\":{}} | \"status\" must be a string",
                "{\"status\":true} | \"status\" must be a string",
                "{\"status\":\"\"} | \"status\" must be one of queued, processing, completed, failed, cancelled",
                "{\"status\":\"finito\"} | \"status\" must be one of queued, processing, completed, failed, cancelled",
                "{\"status\":\"running\",\"result\":{}} | a result needs a \"status\" that ends the job",
                "{\"status\":\"queued\",\"resultUrl\":\"/x\"} | a result needs a \"status\" that ends the job",
                "{\"progress\":1,\"result\":[]} | a result needs a \"status\" that ends the job",
                "{\"progress\":\"45\"} | \"progress\" must be an object like",
                "{\"progress\":[1]} | \"progress\" must be an object like",
                "{\"progress\":true} | \"progress\" must be an object like",
                "{\"status\":\"failed\",\"error\":1} | \"error\" must be an object like",
                "{\"status\":\"failed\",\"error\":[]} | \"error\" must be an object like",
                "{\"status\":\"done\",\"eventId\":1} | \"eventId\" must be a string",
                "{\"status\":\"done\",\"eventId\":\"\"} | \"eventId\" must have 1 to 128 characters",
                "{\"status\":\"done\",\"type\":\"a\\nb\"} | \"type\" must have 1 to 128 characters",
                "{\"status\":\"done\",\"type\":[]} | \"type\" must be a string",
                "[] | not a JSON object",
                "{\"status\":\"done\"}{} | something follows the JSON object",
                "{\"status\":\"done\" | not valid JSON at byte"
            })
    void aMistakeIsNamed(String json, String message) {
        assertRefused(json, message);
    }

    @Test
    void aTextThatIsTooLongIsNamedWithItsLimit() throws InvalidDocumentException {
        assertThat(read("{\"status\":\"done\",\"eventId\":\"" + "e".repeat(128) + "\"}")
                        .eventId())
                .hasSize(128);
        assertRefused(
                "{\"status\":\"done\",\"eventId\":\"" + "e".repeat(129) + "\"}",
                "\"eventId\" must have 1 to 128 characters");
        assertRefused(
                "{\"status\":\"done\",\"type\":\"" + "t".repeat(129) + "\"}", "\"type\" must have 1 to 128 characters");
        assertRefused(
                "{\"status\":\"done\",\"resultUrl\":\"/" + "u".repeat(2_048) + "\"}",
                "\"resultUrl\" must have 1 to 2048 characters");
    }

    @Test
    void aTypeThatUtf8CannotCarryIsRefused() {
        assertRefused("{\"status\":\"done\",\"type\":\"a\\ud800b\"}", "\"type\"");
    }

    @Test
    void resultsAreNestedAsDeepAsParsersTakeThemAndNoDeeper() throws InvalidDocumentException {
        String deep = "[".repeat(400) + "]".repeat(400);
        assertThat(Documents.text(
                        read("{\"status\":\"done\",\"result\":" + deep + "}").result()))
                .isEqualTo(deep);
        String tooDeep = "[".repeat(20_000) + "]".repeat(20_000);
        assertRefused("{\"status\":\"done\",\"result\":" + tooDeep + "}", "beyond the limits");
    }

    @Test
    void aNumberWithoutEndIsRefused() {
        assertRefused("{\"status\":\"done\",\"result\":" + "9".repeat(20_000) + "}", "beyond the limits");
    }

    private static JobChange read(String json) throws InvalidDocumentException {
        return JobChangeReader.read(Documents.utf8(json));
    }

    private static void assertRefused(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(InvalidDocumentException.class)
                .hasMessageContaining(message);
    }
}
