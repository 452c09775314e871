package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a record whose document is not readable, because someone wrote what is no JSON into it: the fields that have no
 * caller's JSON. Whoever waits learns the state from them, without result, progress and error.
 */
final class ScalarFields {
    static final List<byte[]> NAMES = Stream.of(
                    "incarnation",
                    "version",
                    "status",
                    "type",
                    "owner",
                    "created",
                    "updated",
                    "started",
                    "completed",
                    "expires",
                    "attempt",
                    "correlationId",
                    "originalJobId")
            .map(name -> name.getBytes(ISO_8859_1))
            .toList();

    private final byte[] @Nullable [] values;

    /**
     * @param values in the order of {@link #NAMES}
     */
    ScalarFields(byte[] @Nullable [] values) {
        this.values = values;
    }

    /**
     * The job that they describe.
     *
     * @throws StoreException where not even they make sense
     */
    JobSnapshot snapshot(JobId id) {
        try {
            Cursor cursor = new Cursor(textOr(0, ""), number(1));
            JobState state = JobState.parse(textOr(2, ""));
            if (state == null) {
                throw new IllegalArgumentException("status " + text(2));
            }
            JobRecord.Times times = new JobRecord.Times(number(5), number(6), number(7), number(8), number(9));
            return new JobRecord(
                            id,
                            cursor.incarnation(),
                            cursor.version(),
                            state,
                            text(3),
                            text(4),
                            times,
                            null,
                            null,
                            null,
                            null,
                            (int) number(10),
                            text(11),
                            text(12))
                    .snapshot();
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    StoreException.Kind.CORRUPT, "the record of job " + id + " is not readable: " + e.getMessage());
        }
    }

    private @Nullable String text(int index) {
        byte[] value = values[index];
        return value == null || value.length == 0 ? null : new String(value, UTF_8);
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
