package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.bench.HandHub;
import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Ends of jobs whose deliveries are of about 1 KiB, and endpoints that want them. */
final class SampleEvents {
    static final long NOW_MILLIS = 1_767_225_600_000L;
    static final SigningSecret SECRET = new SigningSecret(new byte[32]);

    /** Of a body of 1 KiB, less {@code type} and {@code timestamp}. */
    private static final int JOB_BYTES = 950;

    private static final JobId ID = JobId.of("01M80D607QTB15T83VVZNKKMRMFTP2DKP60");

    private SampleEvents() {}

    /** With a webhook of its own. */
    static OutboxEvent end() {
        byte[] json = HandHub.document(ID, 7, JOB_BYTES);
        JobEvent event = new JobEvent(ID, HandHub.INCARNATION, 7, JobState.COMPLETED, true, json);
        byte[] webhook = "{\"url\":\"https://receiver.example:8443/hooks/7\"}".getBytes(ISO_8859_1);
        return new OutboxEvent(new JobSnapshot(event, null), "load", webhook);
    }

    static List<WebhookEndpoint> endpoints(int count) {
        List<WebhookEndpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            endpoints.add(new WebhookEndpoint(
                    "ep_" + i,
                    null,
                    "https://receiver.example/hooks/" + i,
                    null,
                    Set.of(WebhookEvent.COMPLETED),
                    List.of("load"),
                    List.of(new WebhookEndpoint.Signer(SECRET, 0)),
                    NOW_MILLIS,
                    1,
                    null));
        }
        return endpoints;
    }
}
