package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobEventReader;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An entry of the stream that the apply script adds to: the names of its fields and their values. */
final class RedisOutboxEntry {
    private final Map<String, byte[]> fields = new HashMap<>();

    /**
     * @param namesAndValues one after the other
     */
    RedisOutboxEntry(List<?> namesAndValues) {
        for (int i = 0; i + 1 < namesAndValues.size(); i += 2) {
            fields.put(new String((byte[]) namesAndValues.get(i), ISO_8859_1), (byte[]) namesAndValues.get(i + 1));
        }
    }

    /**
     * The event that it tells of.
     *
     * @throws IllegalArgumentException where it is none of the script's
     */
    OutboxEvent event() {
        JobId id = JobId.of(text("job"));
        byte[] webhook = bytes("webhook");
        return new OutboxEvent(
                new JobSnapshot(job(id), textOrNull("owner")),
                textOrNull("type"),
                webhook.length == 0 ? null : webhook);
    }

    /** Who runs the script may have told it that something is JSON which is none: what the script knows by itself stands in. */
    private JobEvent job(JobId id) {
        try {
            return JobEventReader.document(id, bytes("doc"));
        } catch (InvalidDocumentException unreadable) {
            JobState state = JobState.parse(text("status"));
            if (state == null) {
                throw new IllegalArgumentException("status " + text("status"), unreadable);
            }
            String json = "{\"jobId\":\"" + id + "\",\"status\":\"" + state.wireName() + "\",\"version\":"
                    + text("version") + ",\"incarnation\":\"" + text("incarnation") + "\"}";
            long version = Long.parseLong(text("version"));
            return new JobEvent(id, text("incarnation"), version, state, false, json.getBytes(UTF_8));
        }
    }

    private byte[] bytes(String name) {
        byte[] value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no field " + name);
        }
        return value;
    }

    private String text(String name) {
        return new String(bytes(name), UTF_8);
    }

    private @Nullable String textOrNull(String name) {
        String text = text(name);
        return text.isEmpty() ? null : text;
    }
}
