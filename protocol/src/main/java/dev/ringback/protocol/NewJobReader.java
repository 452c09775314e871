package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.NewJob.Plan;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /jobs} and {@code PUT /jobs/{id}}. Unknown members are ignored. */
public final class NewJobReader {
    private static final int MAX_CORRELATION_ID_LENGTH = 256;
    private static final int MAX_PRIORITY = 1_000_000;
    private static final long MAX_TTL_SECONDS = 30L * 24 * 3600;
    private static final int MAX_ATTEMPTS = 1_000;
    private static final int MAX_AFTER = 100;

    private static final int MAX_TIME_LENGTH = 64;
    private static final JsonFactory JSON = new JsonFactory();

    private @Nullable String type;
    private byte @Nullable [] input;
    private int priority;
    private byte @Nullable [] webhook;
    private @Nullable String correlationId;
    private @Nullable Duration ttl;
    private int maxAttempts;
    private long runAtMillis;
    private List<JobId> after = List.of();
    private AfterFailure afterFailure = AfterFailure.FAIL;

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
                reader.type,
                reader.input,
                reader.priority,
                reader.webhook,
                reader.correlationId,
                reader.ttl,
                null,
                reader.plan());
    }

    private Plan plan() {
        return new Plan(maxAttempts, runAtMillis, after, afterFailure);
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
            case "maxAttempts" -> maxAttempts = (int) value.integer(1, MAX_ATTEMPTS);
            case "runAt" -> runAtMillis = runAt(value);
            case "after" -> after = after(value);
            case "afterFailure" -> afterFailure = afterFailure(value);
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

    /** RFC 3339, in any zone. */
    private static long runAt(JsonMembers.Value value) throws InvalidDocumentException {
        String text = value.string(MAX_TIME_LENGTH);
        try {
            return text == null
                    ? 0
                    : Math.max(0, OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeException | ArithmeticException e) {
            throw new InvalidDocumentException("\"runAt\" must be a time like 2026-01-31T18:00:00Z (RFC 3339)");
        }
    }

    private static AfterFailure afterFailure(JsonMembers.Value value) throws InvalidDocumentException {
        String text = value.string(MAX_TIME_LENGTH);
        if (text == null || text.equals("fail")) {
            return AfterFailure.FAIL;
        }
        if (text.equals("cancel")) {
            return AfterFailure.CANCEL;
        }
        throw new InvalidDocumentException("\"afterFailure\" must be \"fail\" or \"cancel\"");
    }

    private static List<JobId> after(JsonMembers.Value value) throws InvalidDocumentException {
        Set<JobId> ids = new LinkedHashSet<>();
        try (JsonParser parser = JSON.createParser(value.bytes())) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.VALUE_NULL) {
                return List.of();
            }
            boolean list = token == JsonToken.START_ARRAY;
            while (list && (token = parser.nextToken()) == JsonToken.VALUE_STRING) {
                ids.add(required(JobId.parse(parser.getText())));
            }
            if (token == JsonToken.END_ARRAY && ids.size() <= MAX_AFTER) {
                return List.copyOf(ids);
            }
        } catch (IOException e) {
            // Answered below.
        }
        throw noIds();
    }

    private static JobId required(@Nullable JobId id) throws InvalidDocumentException {
        if (id == null) {
            throw noIds();
        }
        return id;
    }

    private static InvalidDocumentException noIds() {
        return new InvalidDocumentException("\"after\" must be a list of at most " + MAX_AFTER + " job ids");
    }
}
