package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.WebhookCaller.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.Receiver;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file store keeps of webhooks when the gateway is killed. */
class WebhookRestartIT {
    @TempDir
    private Path directory;

    private GatewayProcess start() {
        return GatewayProcess.start(
                WebhookCaller.local("store.kind=file", "store.path=" + directory.resolve("jobs.db")));
    }

    @Test
    void deliveryThatWasUnderWayWhenTheGatewayWasKilledComesAgainWithTheSameId() {
        try (Receiver receiver = Receiver.start().otherwise(Receiver.never())) {
            String secret;
            String id;
            try (GatewayProcess gateway = start()) {
                WebhookCaller caller = new WebhookCaller(gateway);
                JsonNode endpoint = caller.endpoint(receiver.url("/endpoint"), "");
                secret = endpoint.path("secret").asText();
                id = endpoint.path("id").asText();
                caller.submitAndEnd("job", receiver.url("/own"));
                eventually(() -> assertThat(receiver.requests()).hasSize(2));
                gateway.kill();
            }
            receiver.otherwise(Receiver.status(204));
            try (GatewayProcess gateway = start()) {
                WebhookCaller caller = new WebhookCaller(gateway);
                eventually(
                        () -> assertThat(caller.deliveries("?status=delivered")).hasSize(2));
                assertThat(receiver.requests()).hasSize(4);
                assertThat(receiver.requests().stream().map(request -> request.header("webhook-id")))
                        .containsOnly(receiver.requests().get(0).header("webhook-id"));
                receiver.requests().stream()
                        .filter(request -> request.target().equals("/endpoint"))
                        .forEach(request -> WebhookCaller.assertSigned(request, secret));

                caller.send("GET", "/webhooks/" + id, "").is(200);
                caller.send("PUT", "/jobs/later", "{\"type\":\"report\"}").is(202);
                caller.end("later");
                eventually(() -> assertThat(receiver.requests()).hasSize(5));
                WebhookCaller.assertSigned(receiver.requests().get(4), secret);
            }
        }
    }
}
