package dev.ringback.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a client says on a WebSocket: {@code {"subscribe":"job:123"}}, {@code {"subscribe":["123","456"],"after":{"123":"k3f9a-7"}}},
 * {@code {"unsubscribe":["123"]}} or {@code {"ping":1}}.
 *
 * @param jobIds without repeats, in the order given; empty for a ping
 * @param after cursors by job; malformed ones count as none and are left out
 * @param number what the pong is to carry
 */
public record WebSocketCommand(Verb verb, List<JobId> jobIds, Map<JobId, Cursor> after, long number) {
    public enum Verb {
        SUBSCRIBE,
        UNSUBSCRIBE,
        PING
    }

    private static final ObjectReader JSON = new ObjectMapper().reader();

    /**
     * Reads a command.
     *
     * @throws InvalidDocumentException where it is none; its message says what is allowed
     */
    public static WebSocketCommand read(byte[] utf8) throws InvalidDocumentException {
        JsonNode command = tree(utf8);
        if (command.has("subscribe")) {
            List<JobId> ids = jobIds("subscribe", command.get("subscribe"));
            return new WebSocketCommand(Verb.SUBSCRIBE, ids, after(command.path("after")), 0);
        }
        if (command.has("unsubscribe")) {
            List<JobId> ids = jobIds("unsubscribe", command.get("unsubscribe"));
            return new WebSocketCommand(Verb.UNSUBSCRIBE, ids, Map.of(), 0);
        }
        JsonNode ping = command.path("ping");
        if (ping.canConvertToLong() && ping.isIntegralNumber()) {
            return new WebSocketCommand(Verb.PING, List.of(), Map.of(), ping.longValue());
        }
        throw new InvalidDocumentException("expected \"subscribe\", \"unsubscribe\" or \"ping\" with a whole number");
    }

    private static JsonNode tree(byte[] utf8) throws InvalidDocumentException {
        // The walk says what is wrong where the tree reader would only throw, and finds what follows the object.
        JsonMembers.visit(utf8, (name, value) -> {});
        try {
            return JSON.readTree(utf8);
        } catch (IOException e) {
            throw new InvalidDocumentException("not valid JSON");
        }
    }

    private static List<JobId> jobIds(String verb, JsonNode value) throws InvalidDocumentException {
        Set<JobId> ids = new LinkedHashSet<>();
        if (value.isTextual()) {
            ids.add(jobId(value));
        }
        for (JsonNode element : value.isArray() ? value : List.<JsonNode>of()) {
            ids.add(jobId(element));
        }
        if (ids.isEmpty()) {
            throw new InvalidDocumentException("\"" + verb + "\" must be a job id or an array of job ids");
        }
        return new ArrayList<>(ids);
    }

    private static JobId jobId(JsonNode value) throws InvalidDocumentException {
        JobId id = value.isTextual() ? JobId.parse(value.textValue()) : null;
        if (id == null) {
            throw new InvalidDocumentException("a job id has 1 to 128 characters of [A-Za-z0-9._~:-]");
        }
        return id;
    }

    private static Map<JobId, Cursor> after(JsonNode cursors) {
        Map<JobId, Cursor> after = new HashMap<>();
        cursors.properties().forEach(entry -> {
            JobId id = JobId.parse(entry.getKey());
            Cursor cursor = Cursor.parse(entry.getValue().textValue());
            if (id != null && cursor != null) {
                after.put(id, cursor);
            }
        });
        return after;
    }
}
