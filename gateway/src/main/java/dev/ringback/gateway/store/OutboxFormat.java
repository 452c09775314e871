package dev.ringback.gateway.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.util.Arrays;

/** How an event of the outbox is written as bytes: JSON, with the documents as they are, in base64. */
public final class OutboxFormat {
    private OutboxFormat() {}

    public static byte[] encode(OutboxEvent event) {
        JobEvent job = event.job().present();
        ObjectNode json = StoredJson.object();
        json.put("jobId", job.jobId().toString());
        json.put("incarnation", job.incarnation());
        json.put("version", job.version());
        json.put("state", job.state().wireName());
        json.put("hasProgress", job.hasProgress());
        json.put("document", job.json());
        json.put("owner", event.job().owner());
        json.put("type", event.type());
        json.put("webhook", event.webhook());
        return StoredJson.encode(json);
    }

    /** Throws {@link StoreException.Kind#CORRUPT} where the bytes are none of ours. */
    public static OutboxEvent decode(byte[] bytes) {
        return StoredJson.decode("an event for webhooks", bytes, json -> {
            JobEvent job = new JobEvent(
                    JobId.of(json.text("jobId")),
                    json.text("incarnation"),
                    json.number("version"),
                    state(json.text("state")),
                    json.flag("hasProgress"),
                    json.bytes("document"));
            return new OutboxEvent(
                    new JobSnapshot(job, json.textOrNull("owner")),
                    json.textOrNull("type"),
                    json.bytesOrNull("webhook"));
        });
    }

    private static JobState state(String wireName) {
        return Arrays.stream(JobState.values())
                .filter(state -> state.wireName().equals(wireName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no state " + wireName));
    }
}
