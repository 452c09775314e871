package dev.ringback.gateway.store;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that a store wrote, read member by member. Members that nobody asks for are passed over, so that gateways of two
 * versions can share a store; one that is missing or of another kind is damage.
 */
public final class StoredJson {
    /** All but ASCII is escaped, because UTF-8 has no place for the lone surrogates that callers may send. */
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final JsonNode members;

    private StoredJson(JsonNode members) {
        this.members = members;
    }

    /** An empty object to write. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    public static byte[] encode(ObjectNode object) {
        try {
            return JSON.writeValueAsBytes(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What the object says.
     *
     * @param what it is, for the exception's words
     * @throws StoreException {@link StoreException.Kind#CORRUPT} where the bytes say nothing of the kind
     */
    public static <T> T decode(String what, byte[] bytes, Function<StoredJson, T> reading) {
        try {
            return reading.apply(of(JSON.readTree(bytes)));
        } catch (IOException | IllegalArgumentException damage) {
            throw new StoreException(StoreException.Kind.CORRUPT, "the store's record of " + what + " is damaged");
        }
    }

    /** An object that is a part of another. */
    public static StoredJson of(JsonNode node) {
        if (!node.isObject()) {
            throw new IllegalArgumentException("no object");
        }
        return new StoredJson(node);
    }

    public @Nullable String textOrNull(String name) {
        JsonNode value = members.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new IllegalArgumentException(name + " is no text");
        }
        return value.textValue();
    }

    public String text(String name) {
        return required(name, textOrNull(name));
    }

    public long number(String name) {
        JsonNode value = members.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(name + " is no number");
        }
        return value.longValue();
    }

    /** A number that older versions do not write. */
    public long numberOr(String name, long absent) {
        return members.has(name) ? number(name) : absent;
    }

    public boolean flag(String name) {
        return members.path(name).asBoolean(false);
    }

    public byte @Nullable [] bytesOrNull(String name) {
        JsonNode value = members.path(name);
        try {
            return value.isMissingNode() || value.isNull() ? null : required(name, value.binaryValue());
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public byte[] bytes(String name) {
        return required(name, bytesOrNull(name));
    }

    /** The elements of an array; none where it is missing. */
    public Iterable<JsonNode> elements(String name) {
        return members.path(name);
    }

    private static <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
