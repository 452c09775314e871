package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.Rfc3339;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns an event into deliveries: one for the job's own webhook, and one for each endpoint that wants it. */
final class DeliveryMaker {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryMaker.class);
    private static final int ID_BYTES = 18;

    private DeliveryMaker() {}

    /** An event, and what all its deliveries have in common. */
    private record Common(OutboxEvent from, WebhookEvent event, String webhookId, byte[] body, long nowMillis) {
        Delivery to(WebhookEndpoint endpoint) {
            return to(endpoint.id(), endpoint.id(), endpoint.owner(), endpoint.url(), null);
        }

        Delivery to(JobWebhook own) {
            String owner = from.job().owner();
            // One owner's path must not stop what another's jobs send to the same host.
            String destination = owner == null ? origin(own.url()) : origin(own.url()) + " " + owner;
            return to(destination, null, owner, own.url(), own.secret());
        }

        private Delivery to(
                String destination,
                @Nullable String endpoint,
                @Nullable String owner,
                String url,
                @Nullable SigningSecret secret) {
            String jobId = from.job().present().jobId().toString();
            return Delivery.due(
                    deliveryId(webhookId, destination, url),
                    new Delivery.Sent(
                            webhookId, destination, endpoint, owner, url, secret, event, jobId, nowMillis, body));
        }
    }

    static List<Delivery> of(OutboxEvent from, List<WebhookEndpoint> endpoints, long nowMillis) {
        JobEvent job = from.job().present();
        WebhookEvent event = WebhookEvent.of(job.state());
        Common common = new Common(
                from, event, job.jobId() + "/" + job.cursor(), body(event.type(), nowMillis, job.json()), nowMillis);
        List<Delivery> deliveries = new ArrayList<>();
        for (WebhookEndpoint endpoint : endpoints) {
            if (endpoint.wants(event, from.job().owner(), from.type())) {
                deliveries.add(common.to(endpoint));
            }
        }
        JobWebhook own = ownWebhook(from);
        if (own != null && own.events().contains(event)) {
            deliveries.add(common.to(own));
        }
        return deliveries;
    }

    /** Jobs that others made by the script may have what this gateway would have refused. */
    private static @Nullable JobWebhook ownWebhook(OutboxEvent from) {
        byte[] json = from.webhook();
        if (json == null) {
            return null;
        }
        try {
            return JobWebhook.read(json);
        } catch (JobWebhook.MalformedException e) {
            LOG.warn(
                    "the webhook of job {} is not called: {}",
                    from.job().present().jobId(),
                    e.getMessage());
            return null;
        }
    }

    /** A test of one endpoint. */
    static Delivery test(WebhookEndpoint endpoint, String name, long nowMillis) {
        String webhookId = "test/" + name;
        byte[] data = ("{\"endpoint\":\"" + endpoint.id() + "\"}").getBytes(ISO_8859_1);
        Delivery.Sent sent = new Delivery.Sent(
                webhookId,
                endpoint.id(),
                endpoint.id(),
                endpoint.owner(),
                endpoint.url(),
                null,
                WebhookEvent.TEST,
                "",
                nowMillis,
                body(WebhookEvent.TEST.type(), nowMillis, data));
        return Delivery.due(deliveryId(webhookId, endpoint.id(), endpoint.url()), sent);
    }

    /** {@code {"type", "timestamp", "data"}}, as Standard Webhooks has it; the data is spliced as it is. */
    private static byte[] body(String type, long nowMillis, byte[] data) {
        byte[] head = ("{\"type\":\"" + type + "\",\"timestamp\":\"" + Rfc3339.format(nowMillis) + "\",\"data\":")
                .getBytes(ISO_8859_1);
        byte[] body = Arrays.copyOf(head, head.length + data.length + 1);
        System.arraycopy(data, 0, body, head.length, data.length);
        body[body.length - 1] = '}';
        return body;
    }

    /** Follows from what is sent where, so that the same event is not delivered twice to the same place. */
    private static String deliveryId(String webhookId, String destination, String url) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((webhookId + "\n" + destination + "\n" + url).getBytes(UTF_8));
            return "wd_" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, ID_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    /** Jobs' own URLs share order, concurrency and circuit by their origin: each job may have a path of its own. */
    static String origin(String url) {
        try {
            URI uri = URI.create(url);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
            return scheme + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
        } catch (IllegalArgumentException malformed) {
            return "malformed";
        }
    }
}
