package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How the work on a job stands as Redis tells it: what a record keeps of it, or what the script answers. */
final class WorkFields {
    static final List<byte[]> NAMES = Stream.of(
                    "type", "owner", "status", "attempt", "maxAttempts", "leaseId", "due", "dead", "expires")
            .map(name -> name.getBytes(ISO_8859_1))
            .toList();

    /** In the script's answer; the last one is the type, which may contain what separates them. */
    private static final int TOLD = 7;

    private final byte[] @Nullable [] values;

    /**
     * @param values in the order of {@link #NAMES}
     */
    WorkFields(byte[] @Nullable [] values) {
        this.values = values;
    }

    /**
     * The work; null for a job that waits in no queue, and where there is none. It may have expired.
     *
     * @throws StoreException where the record is not readable
     */
    @Nullable JobWork work(JobId id) {
        try {
            int maxAttempts = (int) number(text(4));
            String type = orNull(text(0));
            if (maxAttempts == 0 || type == null) {
                return null;
            }
            return new JobWork(
                    type,
                    orNull(text(1)),
                    state(text(2)),
                    (int) number(text(3)),
                    maxAttempts,
                    orNull(text(5)),
                    number(text(6)),
                    text(7).equals("1"));
        } catch (IllegalArgumentException e) {
            throw damaged(id, e);
        }
    }

    /** Since the epoch; 0 for never. */
    long expiresMillis(JobId id) {
        try {
            return number(text(8));
        } catch (IllegalArgumentException e) {
            throw damaged(id, e);
        }
    }

    /**
     * What the script answers: {@code status|attempt|maxAttempts|due|dead|lease|type}, or nothing for a job that waits in no queue.
     *
     * @throws StoreException where it answers something else
     */
    static @Nullable JobWork told(JobId id, @Nullable String owner, byte @Nullable [] answer) {
        if (answer == null || answer.length == 0) {
            return null;
        }
        String[] parts = new String(answer, UTF_8).split("\\|", TOLD);
        try {
            if (parts.length != TOLD) {
                throw new IllegalArgumentException(parts.length + " fields");
            }
            return new JobWork(
                    parts[6],
                    owner,
                    state(parts[0]),
                    (int) number(parts[1]),
                    (int) number(parts[2]),
                    orNull(parts[5]),
                    number(parts[3]),
                    parts[4].equals("1"));
        } catch (IllegalArgumentException e) {
            throw damaged(id, e);
        }
    }

    private static StoreException damaged(JobId id, IllegalArgumentException why) {
        return new StoreException(
                StoreException.Kind.CORRUPT, "the work on job " + id + " is not readable: " + why.getMessage());
    }

    private static JobState state(String status) {
        JobState state = JobState.parse(status);
        if (state == null) {
            throw new IllegalArgumentException("status " + status);
        }
        return state;
    }

    private static long number(String text) {
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    private String text(int index) {
        byte[] value = values[index];
        return value == null ? "" : new String(value, UTF_8);
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
