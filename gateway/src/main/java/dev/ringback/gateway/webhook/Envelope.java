package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.config.WebhookConfig.Headers;
import dev.ringback.gateway.store.Hmac;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** The headers by which a receiver knows what it got, from whom, and when it was sent. */
final class Envelope {
    private final Headers wanted;

    Envelope(Headers wanted) {
        this.wanted = wanted;
    }

    /**
     * Names and values in turn.
     *
     * @param secrets sign all, the newest first
     */
    List<String> headers(Delivery delivery, List<SigningSecret> secrets, long nowMillis) {
        String timestamp = Long.toString(nowMillis / 1_000);
        List<String> headers = new ArrayList<>();
        if (wanted != Headers.X) {
            standard(delivery, secrets, timestamp, headers);
        }
        if (wanted != Headers.STANDARD) {
            x(delivery, secrets, timestamp, headers);
        }
        return headers;
    }

    /** Standard Webhooks 1.0: the signature covers id, timestamp and body; one for each secret while they rotate. */
    private static void standard(
            Delivery delivery, List<SigningSecret> secrets, String timestamp, List<String> headers) {
        String id = delivery.sent().webhookId();
        byte[] signed = (id + "." + timestamp + ".").getBytes(ISO_8859_1);
        List<String> signatures = secrets.stream()
                .map(secret -> "v1,"
                        + Base64.getEncoder()
                                .encodeToString(
                                        secret.sign(signed, delivery.sent().body())))
                .toList();
        headers.addAll(List.of("webhook-id", id, "webhook-timestamp", timestamp));
        headers.addAll(List.of("webhook-signature", String.join(" ", signatures)));
    }

    /** The signature covers the body alone, and its key is the text of the newest secret: what simple receivers expect. */
    private static void x(Delivery delivery, List<SigningSecret> secrets, String timestamp, List<String> headers) {
        byte[] signature =
                Hmac.of(secrets.get(0).text().getBytes(UTF_8), delivery.sent().body());
        headers.addAll(List.of("X-Webhook-Signature", "sha256=" + HexFormat.of().formatHex(signature)));
        headers.addAll(List.of("X-Webhook-Event", delivery.sent().event().type()));
        headers.addAll(List.of("X-Webhook-Delivery", delivery.id(), "X-Webhook-Timestamp", timestamp));
    }
}
