package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.webhook.JobWebhook.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a submission may say of its job's webhook. */
class JobWebhookTest {
    private static JobWebhook read(String json) throws MalformedException {
        return JobWebhook.read(json.getBytes(UTF_8));
    }

    @Test
    void urlAloneMeansEveryEndAndTheOwnersSecret() throws Exception {
        JobWebhook read = read("{\"url\":\"https://a.example/\",\"secret\":null,\"events\":null,\"other\":1}");
        assertThat(read.url()).isEqualTo("https://a.example/");
        assertThat(read.secret()).isNull();
        assertThat(read.events())
                .containsExactlyInAnyOrder(WebhookEvent.COMPLETED, WebhookEvent.FAILED, WebhookEvent.CANCELLED);
    }

    @Test
    void secretAndEventsAreTaken() throws Exception {
        JobWebhook read = read("{\"url\":\"https://a.example/\",\"secret\":\"whsec_AgICAgICAgICAgICAgICAgICAgICAgIC\","
                + "\"events\":[\"progress\",\"failed\",\"failed\"]}");
        assertThat(read.secret()).isNotNull();
        assertThat(read.secret().key()).hasSize(24).containsOnly(2);
        assertThat(read.events()).containsExactlyInAnyOrder(WebhookEvent.PROGRESS, WebhookEvent.FAILED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | not JSON",
                "null | a JSON object",
                "[] | a JSON object",
                "{ | not JSON",
                "{} | \"url\" is missing",
                "{\"url\":null} | \"url\" is missing",
                "{\"url\":7} | \"url\" must be a string",
                "{\"url\":\"\"} | \"url\" must be a string",
                "{\"url\":\"u\",\"secret\":\"mine\"} | \"secret\" must be whsec_ and the base64 of 24 to 64 bytes",
                "{\"url\":\"u\",\"secret\":[]} | \"secret\" must be a string",
                "{\"url\":\"u\",\"events\":\"completed\"} | \"events\" must be a list",
                "{\"url\":\"u\",\"events\":[]} | \"events\" must be a list",
                "{\"url\":\"u\",\"events\":[\"done\"]} | completed, failed, cancelled, progress",
                "{\"url\":\"u\",\"events\":[\"test\"]} | \"events\" must be a list",
                "{\"url\":\"u\",\"events\":[1]} | \"events\" must be a list",
                "{\"url\":\"u\",\"events\":{\"a\":\"completed\"}} | \"events\" must be a list"
            })
    void whatIsWrongIsSaidInWordsForTheCaller(String json, String complaint) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOfSatisfying(
                        MalformedException.class, e -> assertThat(e.detail()).contains(complaint));
    }

    @Test
    void complaintDoesNotRepeatTheSecret() {
        assertThatThrownBy(() -> read("{\"url\":\"u\",\"secret\":\"whsec_hunter2\"}"))
                .hasMessageNotContaining("hunter2");
    }
}
