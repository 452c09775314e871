package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /jobs} and {@code PUT /jobs/{id}}. Unknown members are ignored. */
public final class NewJobReader {
    private static final int MAX_CORRELATION_ID_LENGTH = 256;
    private static final int MAX_PRIORITY = 1_000_000;
    private static final long MAX_TTL_SECONDS = 30L * 24 * 3600;

    private @Nullable String type;
    private byte @Nullable [] input;
    private int priority;
    private byte @Nullable [] webhook;
    private @Nullable String correlationId;
    private @Nullable Duration ttl;

    private NewJobReader() {}

    /**
     * Reads a submission.
     *
     * @throws InvalidDocumentException where it is none; its message says which member is wrong and what is allowed
     */
    public static NewJob read(byte[] json) throws InvalidDocumentException {
        NewJobReader reader = new NewJobReader();
        JsonMembers.visit(json, reader::member);
        if (reader.type == null) {
            throw new InvalidDocumentException("\"type\" is missing");
        }
        return new NewJob(
                reader.type, reader.input, reader.priority, reader.webhook, reader.correlationId, reader.ttl, null);
    }

    private void member(String name, JsonMembers.Value value) throws InvalidDocumentException {
        switch (name) {
            case "type" -> type = value.string(JobChangeReader.MAX_TYPE_LENGTH);
            case "input" -> input = value.bytesOrNull();
            case "priority" -> priority = (int) value.integer(-MAX_PRIORITY, MAX_PRIORITY);
            case "callbackUrl" -> callbackUrl(value);
            case "webhook" -> webhook(value);
            case "correlationId" -> correlationId = value.string(MAX_CORRELATION_ID_LENGTH);
            case "ttl" -> ttl = Duration.ofSeconds(value.integer(1, MAX_TTL_SECONDS));
            default -> {
                // Unknown members are ignored: newer clients may send more.
            }
        }
    }

    private void callbackUrl(JsonMembers.Value value) throws InvalidDocumentException {
        String url = JobChangeReader.url("callbackUrl", value);
        if (url != null && webhook == null) {
            webhook = ("{\"url\":\"" + url + "\"}").getBytes(ISO_8859_1);
        }
    }

    private void webhook(JsonMembers.Value value) throws InvalidDocumentException {
        if (value.isNull()) {
            return;
        }
        if (!value.isObject()) {
            throw new InvalidDocumentException("\"webhook\" must be an object with \"url\"");
        }
        webhook = value.bytes();
    }
}
