package dev.ringback.gateway.webhook;

import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Call;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Makes the signed request of an attempt, and sends it. */
final class Requests {
    private final Dispatcher.Parts parts;
    private final Envelope envelope;

    Requests(Dispatcher.Parts parts) {
        this.parts = parts;
        this.envelope = new Envelope(parts.config().headers());
    }

    /**
     * Sends a delivery; completes on any thread, and never exceptionally.
     *
     * @param endpoint as it is now; null for a job's own URL
     */
    CompletionStage<Answer> post(Delivery delivery, @Nullable WebhookEndpoint endpoint) {
        long now = parts.clock().millis();
        List<SigningSecret> secrets = endpoint == null ? List.of(secretOf(delivery)) : endpoint.secretsAt(now);
        String url = endpoint == null ? delivery.sent().url() : endpoint.url();
        try {
            List<String> headers = envelope.headers(delivery, secrets, now);
            return parts.send()
                    .apply(new Call(URI.create(url), headers, delivery.sent().body()));
        } catch (IllegalArgumentException malformed) {
            String detail = String.valueOf(malformed.getMessage());
            return CompletableFuture.completedFuture(new Answer(0, Failure.DENIED, detail, null, "", 0));
        }
    }

    private SigningSecret secretOf(Delivery delivery) {
        SigningSecret own = delivery.sent().secret();
        return own == null ? parts.secretOfOwner().apply(delivery.sent().owner()) : own;
    }
}
