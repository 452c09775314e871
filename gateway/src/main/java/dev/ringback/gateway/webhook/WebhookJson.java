package dev.ringback.gateway.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringback.protocol.Rfc3339;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Endpoints and deliveries as callers and operators see them. */
public final class WebhookJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private WebhookJson() {}

    /** An endpoint without its secrets. */
    public static byte[] of(WebhookEndpoint endpoint) {
        return bytes(node(endpoint));
    }

    /** An endpoint with its newest secret, for the one who made it. */
    public static byte[] withSecret(WebhookEndpoint endpoint) {
        return bytes(
                node(endpoint).put("secret", endpoint.secrets().get(0).secret().text()));
    }

    /** {@code {"webhooks": […]}}. */
    public static byte[] list(List<WebhookEndpoint> endpoints) {
        ObjectNode list = object();
        ArrayNode items = list.putArray("webhooks");
        endpoints.forEach(endpoint -> items.add(node(endpoint)));
        return bytes(list);
    }

    private static ObjectNode node(WebhookEndpoint endpoint) {
        ObjectNode node = object().put("id", endpoint.id()).put("url", endpoint.url());
        putIfPresent(node, "description", endpoint.description());
        ArrayNode events = node.putArray("events");
        WebhookEvent.wanted().stream().filter(endpoint.events()::contains).forEach(e -> events.add(e.wireName()));
        ArrayNode types = node.putArray("types");
        endpoint.types().forEach(types::add);
        node.put("createdAt", Rfc3339.format(endpoint.createdMillis()));
        node.put("disabled", endpoint.disabled() != null);
        putIfPresent(node, "disabledReason", endpoint.disabled());
        return node;
    }

    /** {@code {"secret", "previous": [{"secret", "until"}]}}. */
    public static byte[] secrets(WebhookEndpoint endpoint, long nowMillis) {
        ObjectNode node =
                object().put("secret", endpoint.secrets().get(0).secret().text());
        ArrayNode previous = node.putArray("previous");
        endpoint.secrets().stream()
                .skip(1)
                .filter(signer -> signer.untilMillis() > nowMillis)
                .forEach(signer -> previous.addObject()
                        .put("secret", signer.secret().text())
                        .put("until", Rfc3339.format(signer.untilMillis())));
        return bytes(node);
    }

    /** {@code {"secret"}}. */
    public static byte[] secret(SigningSecret secret) {
        return bytes(object().put("secret", secret.text()));
    }

    /**
     * A delivery.
     *
     * @param operator whether details are shown: what receivers answer may be secret to those who only name a URL
     */
    public static byte[] of(Delivery delivery, boolean operator) {
        return bytes(node(delivery, operator));
    }

    /** {@code {"deliveries": […], "next"}}. */
    public static byte[] page(List<Delivery> deliveries, @Nullable String next, boolean operator) {
        ObjectNode page = object();
        ArrayNode items = page.putArray("deliveries");
        deliveries.forEach(delivery -> items.add(node(delivery, operator)));
        putIfPresent(page, "next", next);
        return bytes(page);
    }

    private static ObjectNode node(Delivery delivery, boolean operator) {
        Delivery.Sent sent = delivery.sent();
        ObjectNode node = object().put("id", delivery.id()).put("webhookId", sent.webhookId());
        putIfPresent(node, "endpoint", sent.endpoint());
        node.put("url", sent.url()).put("event", sent.event().type());
        if (!sent.jobId().isEmpty()) {
            node.put("jobId", sent.jobId());
        }
        node.put("status", delivery.status().wireName()).put("createdAt", Rfc3339.format(sent.createdMillis()));
        if (delivery.status() == Delivery.Status.PENDING) {
            node.put("dueAt", Rfc3339.format(delivery.dueMillis()));
        }
        node.put("attempts", delivery.attempts());
        ArrayNode log = node.putArray("log");
        delivery.log().forEach(attempt -> log.add(node(attempt, operator)));
        return node;
    }

    private static ObjectNode node(Delivery.Attempt attempt, boolean operator) {
        ObjectNode node =
                object().put("at", Rfc3339.format(attempt.atMillis())).put("latencyMillis", attempt.latencyMillis());
        if (attempt.status() > 0) {
            node.put("status", attempt.status());
        }
        putIfPresent(node, "failure", operator ? attempt.failure() : forOwners(attempt.failure()));
        if (operator) {
            putIfPresent(node, "detail", attempt.detail());
        }
        return node;
    }

    /** Which names lead to private addresses is nobody's business. */
    private static @Nullable String forOwners(@Nullable String failure) {
        return "denied".equals(failure) || "name".equals(failure) ? "address" : failure;
    }

    /** How many of something were dealt with, and whether the same question would find more. */
    public static byte[] count(String what, long count, boolean more) {
        return bytes(object().put(what, count).put("more", more));
    }

    private static void putIfPresent(ObjectNode node, String name, @Nullable String value) {
        if (value != null) {
            node.put(name, value);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static byte[] bytes(ObjectNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and numbers can always be written", e);
        }
    }
}
