package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads what workers say of a job, over HTTP or by a plain PUBLISH. Tolerant: other systems' spellings of a status are read,
 * unknown members are ignored, a number serves as progress and a string as error.
 */
public final class JobChangeReader {
    static final int MAX_TYPE_LENGTH = 128;
    static final int MAX_URL_LENGTH = 2048;
    private static final int MAX_EVENT_ID_LENGTH = 128;
    private static final int MAX_LEASE_ID_LENGTH = 128;
    private static final long MAX_DELAY_SECONDS = 24 * 3600;

    private @Nullable String status;
    private byte @Nullable [] progress;
    private byte @Nullable [] result;
    private @Nullable String resultUrl;
    private byte @Nullable [] error;
    private @Nullable String type;
    private @Nullable String eventId;
    private @Nullable String leaseId;
    private long delayMillis;

    private JobChangeReader() {}

    /**
     * Reads a change.
     *
     * @throws InvalidDocumentException where the document cannot mean a change; its message says why
     */
    public static JobChange read(byte[] json) throws InvalidDocumentException {
        JobChangeReader reader = new JobChangeReader();
        JsonMembers.visit(json, reader::member);
        return reader.change();
    }

    /**
     * Reads what a worker says of a job that it may hold a lease of.
     *
     * @throws InvalidDocumentException where the document says nothing of the kind; its message says why
     */
    public static WorkerReport readReport(byte[] json) throws InvalidDocumentException {
        JobChangeReader reader = new JobChangeReader();
        JsonMembers.visit(json, reader::member);
        JobChange change = reader.leaseId != null && reader.saysNothing() ? null : reader.change();
        return new WorkerReport(change, reader.leaseId, reader.delayMillis);
    }

    /** Who only names its lease is still at it. */
    private boolean saysNothing() {
        return status == null && progress == null && result == null && resultUrl == null && error == null;
    }

    private void member(String name, JsonMembers.Value value) throws InvalidDocumentException {
        switch (name) {
            case "status" -> status = value.string();
            case "progress" -> progress = progress(value);
            case "result" -> result = value.bytesOrNull();
            case "resultUrl" -> resultUrl = url(name, value);
            case "error" -> error = error(value);
            case "type" -> type = value.string(MAX_TYPE_LENGTH);
            case "eventId" -> eventId = value.string(MAX_EVENT_ID_LENGTH);
            case "leaseId" -> leaseId = value.string(MAX_LEASE_ID_LENGTH);
            case "delay" -> delayMillis = TimeUnit.SECONDS.toMillis(value.integer(0, MAX_DELAY_SECONDS));
            default -> {
                // Unknown members are other systems' business.
            }
        }
    }

    private JobChange change() throws InvalidDocumentException {
        JobState state = state();
        if (state == JobState.COMPLETED || state.isTerminal() && result != null) {
            return new JobChange(state, progress, result, resultUrl, error, type, eventId);
        }
        if (result != null || resultUrl != null) {
            throw new InvalidDocumentException("a result needs a \"status\" that ends the job");
        }
        return new JobChange(state, progress, null, null, error, type, eventId);
    }

    private JobState state() throws InvalidDocumentException {
        if (status == null) {
            if (progress == null) {
                throw new InvalidDocumentException("\"status\" is missing");
            }
            return JobState.PROCESSING;
        }
        JobState state = JobState.parse(status);
        if (state == null) {
            throw new InvalidDocumentException(
                    "\"status\" must be one of queued, processing, completed, failed, cancelled");
        }
        return state;
    }

    private static byte @Nullable [] progress(JsonMembers.Value value) throws InvalidDocumentException {
        if (value.isNumber()) {
            return wrapped("{\"current\":", value.bytes());
        }
        if (value.isNull() || value.isObject()) {
            return value.bytesOrNull();
        }
        throw new InvalidDocumentException(
                "\"progress\" must be an object like {\"current\":1,\"total\":10} or a number");
    }

    private static byte @Nullable [] error(JsonMembers.Value value) throws InvalidDocumentException {
        if (value.isString()) {
            byte[] quoted = ("\"" + new String(JsonStringEncoder.getInstance().quoteAsString(value.string())) + "\"")
                    .getBytes(UTF_8);
            return wrapped("{\"message\":", quoted);
        }
        if (value.isNull() || value.isObject()) {
            return value.bytesOrNull();
        }
        throw new InvalidDocumentException(
                "\"error\" must be an object like {\"code\":\"…\",\"message\":\"…\"} or a string");
    }

    /** An absolute http or https URL, or a path on this server. */
    static @Nullable String url(String name, JsonMembers.Value value) throws InvalidDocumentException {
        String url = value.string(MAX_URL_LENGTH);
        if (url == null) {
            return null;
        }
        boolean path = url.startsWith("/") && !url.startsWith("//");
        boolean plain = url.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\' && c != '"' && c != '<' && c != '>');
        if (!plain || !(path || url.startsWith("https://") || url.startsWith("http://"))) {
            throw new InvalidDocumentException("\"" + name + "\" must be an http or https URL in ASCII");
        }
        return url;
    }

    private static byte[] wrapped(String start, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(start.length() + value.length + 1);
        out.writeBytes(start.getBytes(ISO_8859_1));
        out.writeBytes(value);
        out.write('}');
        return out.toByteArray();
    }
}
