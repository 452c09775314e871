package dev.ringback.gateway.webhook;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one job's submission says of its webhook.
 *
 * @param secret null for the one that its owner's jobs share
 */
public record JobWebhook(String url, @Nullable SigningSecret secret, Set<WebhookEvent> events) {
    private static final ObjectReader READER =
            new ObjectMapper().readerFor(JsonNode.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** What is wrong with something that callers say of webhooks, in words for them. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        public MalformedException(String detail) {
            super(detail);
        }

        public String detail() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Reads {@code {url, secret, events}}.
     *
     * @throws MalformedException where it is none
     */
    public static JobWebhook read(byte[] json) throws MalformedException {
        JsonNode object = object(json);
        String secret = text(object, "secret");
        return new JobWebhook(url(object), secret == null ? null : secret(secret), events(object));
    }

    /** The JSON object that these bytes are. */
    static JsonNode object(byte[] json) throws MalformedException {
        try {
            JsonNode node = READER.readValue(json);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException malformed) {
            // Jackson's own words may quote what stands there, and that may be a secret.
            JsonLocation at = malformed.getLocation();
            throw new MalformedException(
                    at == null ? "not JSON" : "not JSON, at line " + at.getLineNr() + ", column " + at.getColumnNr());
        } catch (IOException e) {
            throw new MalformedException("not JSON");
        }
        throw new MalformedException("send a JSON object");
    }

    static String url(JsonNode object) throws MalformedException {
        String url = text(object, "url");
        if (url == null) {
            throw new MalformedException("\"url\" is missing");
        }
        return url;
    }

    static SigningSecret secret(String text) throws MalformedException {
        SigningSecret secret = SigningSecret.parse(text);
        if (secret == null) {
            throw new MalformedException("\"secret\" must be whsec_ and the base64 of " + SigningSecret.MIN_BYTES
                    + " to " + SigningSecret.MAX_BYTES + " bytes; leave it out to get one");
        }
        return secret;
    }

    /** {@code "events"}; every end where nothing is said. */
    static Set<WebhookEvent> events(JsonNode object) throws MalformedException {
        JsonNode list = object.get("events");
        if (list == null || list.isNull()) {
            return WebhookEvent.ENDS;
        }
        Set<WebhookEvent> events = EnumSet.noneOf(WebhookEvent.class);
        for (JsonNode item : list) {
            WebhookEvent event = item.isTextual() ? WebhookEvent.parse(item.textValue()) : null;
            if (event == null) {
                throw eventsMalformed();
            }
            events.add(event);
        }
        if (!list.isArray() || events.isEmpty()) {
            throw eventsMalformed();
        }
        return events;
    }

    private static MalformedException eventsMalformed() {
        List<String> names =
                WebhookEvent.wanted().stream().map(WebhookEvent::wireName).toList();
        return new MalformedException("\"events\" must be a list of one or several of "
                + names.stream().collect(Collectors.joining(", ")));
    }

    /** A member that is a string; null where it is absent or null. */
    static @Nullable String text(JsonNode object, String name) throws MalformedException {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw new MalformedException("\"" + name + "\" must be a string with something in it");
        }
        return value.textValue();
    }
}
