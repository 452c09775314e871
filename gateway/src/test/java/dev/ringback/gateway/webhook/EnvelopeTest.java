package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.WebhookConfig.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The headers, against vectors that another program computed. */
class EnvelopeTest {
    /** 24 times the byte 1; the second is 24 times 2. */
    private static final SigningSecret FIRST = parse("whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB");

    private static final SigningSecret SECOND = parse("whsec_AgICAgICAgICAgICAgICAgICAgICAgIC");
    private static final String FIRST_SIGNATURE = "v1,JvvNd6SM3andsUOoCrmt5IHyl+BskYv5WAWyWH+Dj9k=";
    private static final String SECOND_SIGNATURE = "v1,VLN6RD7QP4bFEzvsTQmt9jZXpQwbUTChmwsOIeAFbT0=";
    private static final String X_SIGNATURE = "sha256=bf783fd2dd14d86ee7ce1a9a345e4a75b9fdcb4185849619b9e3dd2c0a2077f6";
    private static final long NOW = 1_731_705_121_999L;
    private static final Delivery DELIVERY = Delivery.due(
            "wd_1",
            new Delivery.Sent(
                    "msg_loFOjxBNrRLzqYUf",
                    "ep_1",
                    "ep_1",
                    null,
                    "https://a.example/",
                    null,
                    WebhookEvent.COMPLETED,
                    "job",
                    NOW,
                    "{\"event_type\":\"ping\",\"data\":{\"success\":true}}".getBytes(UTF_8)));

    private static SigningSecret parse(String text) {
        SigningSecret secret = SigningSecret.parse(text);
        if (secret == null) {
            throw new AssertionError(text);
        }
        return secret;
    }

    private static List<String> headers(Headers wanted, SigningSecret... secrets) {
        return new Envelope(wanted).headers(DELIVERY, List.of(secrets), NOW);
    }

    @Test
    void standardSetSignsIdTimestampAndBody() {
        assertThat(headers(Headers.STANDARD, FIRST))
                .containsExactly(
                        "webhook-id",
                        "msg_loFOjxBNrRLzqYUf",
                        "webhook-timestamp",
                        "1731705121",
                        "webhook-signature",
                        FIRST_SIGNATURE);
    }

    @Test
    void eachSecretSignsTheNewestFirst() {
        assertThat(headers(Headers.STANDARD, SECOND, FIRST))
                .element(5)
                .isEqualTo(SECOND_SIGNATURE + " " + FIRST_SIGNATURE);
    }

    @Test
    void xSetSignsTheBodyWithTheTextOfTheNewestSecret() {
        assertThat(headers(Headers.X, FIRST, SECOND))
                .containsExactly(
                        "X-Webhook-Signature",
                        X_SIGNATURE,
                        "X-Webhook-Event",
                        "job.completed",
                        "X-Webhook-Delivery",
                        "wd_1",
                        "X-Webhook-Timestamp",
                        "1731705121");
    }

    @Test
    void bothAreBoth() {
        assertThat(headers(Headers.BOTH, FIRST))
                .hasSize(14)
                .containsAll(headers(Headers.X, FIRST))
                .containsAll(headers(Headers.STANDARD, FIRST));
    }
}
