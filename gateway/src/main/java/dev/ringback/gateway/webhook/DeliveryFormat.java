package dev.ringback.gateway.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.gateway.store.OutboxFormat;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoredJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How stores write deliveries and endpoints as bytes: JSON. Members that a gateway does not know are passed over. Decoding throws
 * {@link StoreException.Kind#CORRUPT} where the bytes are none of ours.
 */
final class DeliveryFormat {
    private DeliveryFormat() {}

    static byte[] encode(Delivery delivery) {
        Delivery.Sent sent = delivery.sent();
        ObjectNode json = StoredJson.object();
        json.put("id", delivery.id());
        json.put("status", delivery.status().wireName());
        json.put("due", delivery.dueMillis());
        json.put("attempts", delivery.attempts());
        ArrayNode log = json.putArray("log");
        delivery.log().forEach(attempt -> write(log.addObject(), attempt));
        json.put("webhookId", sent.webhookId());
        json.put("destination", sent.destination());
        json.put("endpoint", sent.endpoint());
        json.put("owner", sent.owner());
        json.put("url", sent.url());
        json.put("secret", sent.secret() == null ? null : sent.secret().text());
        json.put("event", sent.event().wireName());
        json.put("jobId", sent.jobId());
        json.put("created", sent.createdMillis());
        json.put("body", sent.body());
        return StoredJson.encode(json);
    }

    private static void write(ObjectNode json, Delivery.Attempt attempt) {
        json.put("at", attempt.atMillis());
        json.put("latency", attempt.latencyMillis());
        json.put("status", attempt.status());
        json.put("failure", attempt.failure());
        json.put("detail", attempt.detail());
    }

    static Delivery decode(byte[] bytes) {
        return StoredJson.decode("a delivery", bytes, json -> {
            List<Delivery.Attempt> log = new ArrayList<>();
            for (JsonNode attempt : json.elements("log")) {
                log.add(attempt(StoredJson.of(attempt)));
            }
            return new Delivery(
                    json.text("id"),
                    sent(json),
                    status(json.text("status")),
                    json.number("due"),
                    (int) json.number("attempts"),
                    log);
        });
    }

    private static Delivery.Sent sent(StoredJson json) {
        String secret = json.textOrNull("secret");
        return new Delivery.Sent(
                json.text("webhookId"),
                json.text("destination"),
                json.textOrNull("endpoint"),
                json.textOrNull("owner"),
                json.text("url"),
                secret == null ? null : secret(secret),
                event(json.text("event")),
                json.text("jobId"),
                json.number("created"),
                json.bytes("body"));
    }

    private static Delivery.Attempt attempt(StoredJson json) {
        return new Delivery.Attempt(
                json.number("at"),
                json.number("latency"),
                (int) json.number("status"),
                json.textOrNull("failure"),
                json.textOrNull("detail"));
    }

    static byte[] encode(WebhookEndpoint endpoint) {
        ObjectNode json = StoredJson.object();
        json.put("id", endpoint.id());
        json.put("owner", endpoint.owner());
        json.put("url", endpoint.url());
        json.put("description", endpoint.description());
        ArrayNode events = json.putArray("events");
        endpoint.events().stream().sorted().forEach(event -> events.add(event.wireName()));
        ArrayNode types = json.putArray("types");
        endpoint.types().forEach(types::add);
        ArrayNode secrets = json.putArray("secrets");
        for (WebhookEndpoint.Signer signer : endpoint.secrets()) {
            secrets.addObject().put("secret", signer.secret().text()).put("until", signer.untilMillis());
        }
        json.put("created", endpoint.createdMillis());
        json.put("revision", endpoint.revision());
        json.put("disabled", endpoint.disabled());
        return StoredJson.encode(json);
    }

    static WebhookEndpoint decodeEndpoint(byte[] bytes) {
        return StoredJson.decode("an endpoint", bytes, json -> {
            Set<String> events = new HashSet<>();
            json.elements("events").forEach(event -> events.add(event.asText()));
            List<String> types = new ArrayList<>();
            json.elements("types").forEach(type -> types.add(type.asText()));
            List<WebhookEndpoint.Signer> secrets = new ArrayList<>();
            for (JsonNode node : json.elements("secrets")) {
                StoredJson signer = StoredJson.of(node);
                secrets.add(new WebhookEndpoint.Signer(secret(signer.text("secret")), signer.number("until")));
            }
            return new WebhookEndpoint(
                    json.text("id"),
                    json.textOrNull("owner"),
                    json.text("url"),
                    json.textOrNull("description"),
                    named(events),
                    types,
                    secrets,
                    json.number("created"),
                    json.numberOr("revision", 1),
                    json.textOrNull("disabled"));
        });
    }

    /** Those that a later version added are for its gateways; the endpoint is not the worse for them. */
    private static Set<WebhookEvent> named(Set<String> wireNames) {
        return Arrays.stream(WebhookEvent.values())
                .filter(event -> wireNames.contains(event.wireName()))
                .collect(Collectors.toUnmodifiableSet());
    }

    static byte[] encode(OutboxEvent event) {
        return OutboxFormat.encode(event);
    }

    static OutboxEvent decodeOutbox(byte[] bytes) {
        return OutboxFormat.decode(bytes);
    }

    private static SigningSecret secret(String text) {
        return known("a secret", SigningSecret.parse(text));
    }

    private static Delivery.Status status(String wireName) {
        return known(wireName, Delivery.status(wireName));
    }

    /** Tests included, which callers can't ask for by name. */
    private static WebhookEvent event(String wireName) {
        return known(
                wireName,
                Arrays.stream(WebhookEvent.values())
                        .filter(event -> event.wireName().equals(wireName))
                        .findFirst()
                        .orElse(null));
    }

    private static <T> T known(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("nothing is named " + name);
        }
        return value;
    }
}
