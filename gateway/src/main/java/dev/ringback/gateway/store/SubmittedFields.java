package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.NewJob.Plan;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a record keeps of its job's submission. */
final class SubmittedFields {
    static final List<byte[]> NAMES = Stream.of(
                    "fingerprint",
                    "expires",
                    "type",
                    "input",
                    "priority",
                    "webhook",
                    "correlationId",
                    "ttl",
                    "originalJobId",
                    "plannedAttempts",
                    "runAt",
                    "after",
                    "afterFailure")
            .map(name -> name.getBytes(ISO_8859_1))
            .toList();

    private static final JsonMapper JSON = new JsonMapper();

    private final byte[] @Nullable [] values;

    /**
     * @param values in the order of {@link #NAMES}
     */
    SubmittedFields(byte[] @Nullable [] values) {
        this.values = values;
    }

    /**
     * The submission; null where there was none, or the job has expired.
     *
     * @throws StoreException where the record is not readable
     */
    @Nullable NewJob job(JobId id, long nowMillis) {
        try {
            long expires = number(1);
            if (text(0) == null || expires != 0 && nowMillis >= expires) {
                return null;
            }
            long ttlMillis = number(7);
            String original = text(8);
            return new NewJob(
                    textOr(2, ""),
                    bytes(3),
                    (int) number(4),
                    bytes(5),
                    text(6),
                    ttlMillis == 0 ? null : Duration.ofMillis(ttlMillis),
                    original == null ? null : JobId.of(original),
                    plan());
        } catch (IllegalArgumentException | IOException e) {
            throw new StoreException(
                    StoreException.Kind.CORRUPT, "the submission of job " + id + " is not readable: " + e.getMessage());
        }
    }

    private Plan plan() throws IOException {
        byte[] after = bytes(11);
        AfterFailure afterFailure = textOr(12, "fail").equals("cancel") ? AfterFailure.CANCEL : AfterFailure.FAIL;
        return new Plan((int) number(9), number(10), after == null ? List.of() : ids(after), afterFailure);
    }

    private static List<JobId> ids(byte[] json) throws IOException {
        List<JobId> ids = new ArrayList<>();
        for (JsonNode id : JSON.readTree(json)) {
            ids.add(JobId.of(id.asText()));
        }
        return ids;
    }

    private byte @Nullable [] bytes(int index) {
        byte[] value = values[index];
        return value == null || value.length == 0 ? null : value;
    }

    private @Nullable String text(int index) {
        byte[] value = bytes(index);
        return value == null ? null : new String(value, UTF_8);
    }

    private String textOr(int index, String otherwise) {
        String text = text(index);
        return text == null ? otherwise : text;
    }

    /** 0 where it is absent. */
    private long number(int index) {
        String text = text(index);
        return text == null ? 0 : Long.parseLong(text);
    }
}
