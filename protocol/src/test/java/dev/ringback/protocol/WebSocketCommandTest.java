package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.protocol.WebSocketCommand.Verb;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketCommandTest {
    private static final JobId JOB_123 = JobId.of("123");
    private static final JobId JOB_456 = JobId.of("456");

    @Test
    void oneJobIsSubscribedByItsId() throws InvalidDocumentException {
        WebSocketCommand expected = new WebSocketCommand(Verb.SUBSCRIBE, List.of(JOB_123), Map.of(), 0);
        assertThat(read("{\"subscribe\":\"job:123\"}")).isEqualTo(expected);
        assertThat(read("{\"subscribe\":\"123\"}")).isEqualTo(expected);
        assertThat(read("{\"subscribe\":[\"123\",\"job:123\",\"123\"]}")).isEqualTo(expected);
    }

    @Test
    void severalJobsAreSubscribedInTheirOrderWithTheirCursors() throws InvalidDocumentException {
        WebSocketCommand command =
                read("{\"subscribe\":[\"456\",\"123\"],\"after\":{\"123\":\"k3f9a-7\",\"job:456\":\"m-1\"}}");
        assertThat(command.jobIds()).containsExactly(JOB_456, JOB_123);
        assertThat(command.after()).isEqualTo(Map.of(JOB_123, new Cursor("k3f9a", 7), JOB_456, new Cursor("m", 1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "1",
                "\"k-1\"",
                "[]",
                "[\"k-1\"]",
                "{}",
                "{\"123\":null}",
                "{\"123\":7}",
                "{\"123\":\"garbage\"}",
                "{\"123\":{}}",
                "{\"a b\":\"k-1\"}",
                "{\"\":\"k-1\"}"
            })
    void malformedCursorsCountAsNone(String after) throws InvalidDocumentException {
        WebSocketCommand command = read("{\"subscribe\":[\"123\"],\"after\":" + after + "}");
        assertThat(command.jobIds()).containsExactly(JOB_123);
        assertThat(command.after()).isEmpty();
    }

    @Test
    void jobsAreUnsubscribedOneOrSeveral() throws InvalidDocumentException {
        assertThat(read("{\"unsubscribe\":\"123\"}"))
                .isEqualTo(new WebSocketCommand(Verb.UNSUBSCRIBE, List.of(JOB_123), Map.of(), 0));
        assertThat(read("{\"unsubscribe\":[\"123\",\"456\"]}").jobIds()).containsExactly(JOB_123, JOB_456);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE})
    void aPingCarriesItsNumber(long number) throws InvalidDocumentException {
        assertThat(read("{\"ping\":" + number + "}"))
                .isEqualTo(new WebSocketCommand(Verb.PING, List.of(), Map.of(), number));
    }

    @Test
    void aFullListOfJobsIsRead() throws InvalidDocumentException {
        StringBuilder ids = new StringBuilder("\"0\"");
        for (int i = 1; i < 5_000; i++) {
            ids.append(",\"").append(i).append('"');
        }
        assertThat(read("{\"subscribe\":[" + ids + "]}").jobIds()).hasSize(5_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | expected \"subscribe\", \"unsubscribe\" or \"ping\"",
                "{\"hello\":1} | expected \"subscribe\", \"unsubscribe\" or \"ping\"",
                "{\"SUBSCRIBE\":\"1\"} | expected \"subscribe\"",
                "{\"ping\":null} | \"ping\" with a whole number",
                "{\"ping\":\"1\"} | \"ping\" with a whole number",
                "{\"ping\":1.5} | \"ping\" with a whole number",
                "{\"ping\":1e3} | \"ping\" with a whole number",
                "{\"ping\":9223372036854775808} | \"ping\" with a whole number",
                "{\"ping\":1e999999999} | \"ping\" with a whole number",
                "{\"subscribe\":null} | \"subscribe\" must be a job id or an array of job ids",
                "{\"subscribe\":1} | \"subscribe\" must be a job id or an array of job ids",
                "{\"subscribe\":{}} | \"subscribe\" must be a job id or an array of job ids",
                "{\"subscribe\":[]} | \"subscribe\" must be a job id or an array of job ids",
                "{\"subscribe\":\"\"} | a job id has 1 to 128 characters",
                "{\"subscribe\":\"job:\"} | a job id has 1 to 128 characters",
                "{\"subscribe\":\"a b\"} | a job id has 1 to 128 characters",
                "{\"subscribe\":\"a\\u0000\"} | a job id has 1 to 128 characters",
                "{\"subscribe\":[\"123\",\"a/b\"]} | a job id has 1 to 128 characters",
                "{\"subscribe\":[\"123\",456]} | a job id has 1 to 128 characters",
                "{\"subscribe\":[[\"123\"]]} | a job id has 1 to 128 characters",
                "{\"unsubscribe\":[null]} | a job id has 1 to 128 characters",
                "{\"unsubscribe\":[]} | \"unsubscribe\" must be a job id or an array of job ids",
                "[] | not a JSON object",
                "{\"ping\":1}{} | something follows the JSON object",
                "{\"ping\": | not valid JSON"
            })
    void aMistakeIsNamed(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(InvalidDocumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anIdOf129CharactersIsRefused() throws InvalidDocumentException {
        assertThat(read("{\"subscribe\":\"" + "x".repeat(128) + "\"}").jobIds()).hasSize(1);
        assertThatThrownBy(() -> read("{\"subscribe\":\"" + "x".repeat(129) + "\"}"))
                .hasMessageContaining("a job id has 1 to 128 characters");
    }

    private static WebSocketCommand read(String json) throws InvalidDocumentException {
        return WebSocketCommand.read(Documents.utf8(json));
    }
}
