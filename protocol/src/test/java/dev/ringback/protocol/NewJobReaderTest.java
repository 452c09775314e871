package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewJobReaderTest {
    @Test
    void aTypeIsEnough() throws InvalidDocumentException {
        NewJob job = read("{\"type\":\"transcode\"}");
        assertThat(job).isEqualTo(new NewJob("transcode", null, 0, null, null, null, null, NewJob.Plan.NONE));
    }

    @Test
    void eachMemberIsRead() throws InvalidDocumentException {
        NewJob job = read("{\"ttl\":3600,\"correlationId\":\"c-1\",\"webhook\":{\"url\":\"https://x/\",\"events\":[]},"
                + "\"priority\":-5,\"input\":{\"a\":[]},\"type\":\"\u00e9\ud83d\ude00\",\"newer\":{}}");
        assertThat(job.type()).isEqualTo("\u00e9\ud83d\ude00");
        assertThat(Documents.text(job.input())).isEqualTo("{\"a\":[]}");
        assertThat(job.priority()).isEqualTo(-5);
        assertThat(Documents.text(job.webhook())).isEqualTo("{\"url\":\"https://x/\",\"events\":[]}");
        assertThat(job.correlationId()).isEqualTo("c-1");
        assertThat(job.ttl()).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @MethodSource("opaque")
    void theInputStaysTheBytesThatItIs(String value) throws InvalidDocumentException {
        assertThat(Documents.text(
                        read("{\"input\": " + value + "\n,\"type\":\"t\"}").input()))
                .isEqualTo(value);
        assertThat(Documents.text(
                        read("{\"type\":\"t\",\"input\":" + value + "}").input()))
                .isEqualTo(value);
    }

    static Stream<String> opaque() {
        return Documents.OPAQUE.stream();
    }

    @Test
    void aCallbackUrlIsAWebhook() throws InvalidDocumentException {
        NewJob job = read("{\"type\":\"t\",\"callbackUrl\":\"https://x.example/done?a=b\"}");
        assertThat(Documents.text(job.webhook())).isEqualTo("{\"url\":\"https://x.example/done?a=b\"}");
    }

    @Test
    void aWebhookCountsBeforeACallbackUrlInAnyOrder() throws InvalidDocumentException {
        String webhook = "\"webhook\":{\"url\":\"https://w/\"}";
        String callback = "\"callbackUrl\":\"https://c/\"";
        for (String members : new String[] {webhook + "," + callback, callback + "," + webhook}) {
            NewJob job = read("{\"type\":\"t\"," + members + "}");
            assertThat(Documents.text(job.webhook())).isEqualTo("{\"url\":\"https://w/\"}");
        }
    }

    @Test
    void aNullWebhookLeavesTheCallbackUrlInAnyOrder() throws InvalidDocumentException {
        for (String members : new String[] {
            "\"webhook\":null,\"callbackUrl\":\"https://c/\"", "\"callbackUrl\":\"https://c/\",\"webhook\":null"
        }) {
            NewJob job = read("{\"type\":\"t\"," + members + "}");
            assertThat(job.webhook()).isNotNull();
        }
    }

    @Test
    void nullMembersCountAsAbsent() throws InvalidDocumentException {
        NewJob job =
                read("{\"type\":\"t\",\"input\":null,\"webhook\":null,\"callbackUrl\":null,\"correlationId\":null}");
        assertThat(job).isEqualTo(new NewJob("t", null, 0, null, null, null, null, NewJob.Plan.NONE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | \"type\" is missing",
                "{\"type\":null} | \"type\" is missing",
                "{\"type\":1} | \"type\" must be a string",
                "{\"type\":{}} | \"type\" must be a string",
                "{\"type\":\"\"} | \"type\" must have 1 to 128 characters",
                "{\"type\":\"a\\u0000\"} | \"type\" must have 1 to 128 characters",
                "{\"type\":\"a\\u007f\"} | \"type\" must have 1 to 128 characters",
                "{\"type\":\"t\",\"priority\":\"5\"} | \"priority\" must be a whole number, -1000000 to 1000000",
                "{\"type\":\"t\",\"priority\":1.0} | \"priority\" must be a whole number",
                "{\"type\":\"t\",\"priority\":1e3} | \"priority\" must be a whole number",
                "{\"type\":\"t\",\"priority\":1000001} | \"priority\" must be a whole number",
                "{\"type\":\"t\",\"priority\":-1000001} | \"priority\" must be a whole number",
                "{\"type\":\"t\",\"priority\":9223372036854775807} | \"priority\" must be a whole number",
                "{\"type\":\"t\",\"priority\":9999999999999999999} | \"priority\" must be a whole number",
                "{\"type\":\"t\",\"priority\":99999999999999999999999} | \"priority\" must be a whole number",
                "{\"type\":\"t\",\"ttl\":0} | \"ttl\" must be a whole number, 1 to",
                "{\"type\":\"t\",\"ttl\":-1} | \"ttl\" must be a whole number",
                "{\"type\":\"t\",\"ttl\":\"1h\"} | \"ttl\" must be a whole number",
                "{\"type\":\"t\",\"ttl\":1e99} | \"ttl\" must be a whole number",
                "{\"type\":\"t\",\"callbackUrl\":1} | \"callbackUrl\" must be a string",
                "{\"type\":\"t\",\"callbackUrl\":\"x\"} | \"callbackUrl\" must be an http or https URL",
                "{\"type\":\"t\",\"callbackUrl\":\"file:///etc/passwd\"} | \"callbackUrl\" must be an http or https URL",
                "{\"type\":\"t\",\"webhook\":\"https://x/\"} | \"webhook\" must be an object",
                "{\"type\":\"t\",\"webhook\":[]} | \"webhook\" must be an object",
                "{\"type\":\"t\",\"correlationId\":1} | \"correlationId\" must be a string",
                "{\"type\":\"t\",\"correlationId\":\"\"} | \"correlationId\" must have 1 to 256 characters",
                "{\"type\":\"t\",\"correlationId\":\"a\\tb\"} | \"correlationId\" must have 1 to 256 characters"
            })
    void aMistakeIsNamed(String json, String message) {
        assertRefused(json, message);
    }

    @Test
    void aTextThatIsTooLongIsNamedWithItsLimit() throws InvalidDocumentException {
        assertThat(read("{\"type\":\"" + "t".repeat(128) + "\"}").type()).hasSize(128);
        assertRefused("{\"type\":\"" + "t".repeat(129) + "\"}", "\"type\" must have 1 to 128 characters");
        assertRefused(
                "{\"type\":\"t\",\"correlationId\":\"" + "c".repeat(257) + "\"}",
                "\"correlationId\" must have 1 to 256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"type", "correlationId"})
    void aTextThatUtf8CannotCarryIsRefused(String member) {
        for (String half : new String[] {"\\ud800", "\\udc00", "\\ud83d\\ud83d", "a\\udbffb"}) {
            assertRefused("{\"type\":\"t\",\"" + member + "\":\"" + half + "\"}", "\"" + member + "\"");
        }
    }

    private static NewJob read(String json) throws InvalidDocumentException {
        return NewJobReader.read(Documents.utf8(json));
    }

    private static void assertRefused(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(InvalidDocumentException.class)
                .hasMessageContaining(message);
    }
}
