package dev.ringback.gateway.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way to one URL: what is sent, and what came of it so far.
 *
 * @param id {@code wd_…}, follows from the event and the endpoint: the same again is the same delivery
 * @param sent what never changes
 * @param status where it stands
 * @param dueMillis when it is to be tried next, since the epoch; meaningful while it is pending
 * @param attempts how often it was tried since it was made or last redelivered
 * @param log the latest attempts, the oldest first; at most {@value #LOGGED}
 */
public record Delivery(String id, Sent sent, Status status, long dueMillis, int attempts, List<Attempt> log) {
    static final int LOGGED = 20;

    /** Where a delivery stands. */
    public enum Status {
        PENDING,
        /** The receiver took it. */
        DELIVERED,
        /** Given up; only a person sends it again. */
        DEAD;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What is sent, and where.
     *
     * @param webhookId names the event: the job's id, a slash, and the cursor that SSE and WebSocket clients see. Receivers
     *     know a repeat by it
     * @param destination whose order, concurrency and circuit it shares: an endpoint's id, or the origin of a job's own
     *     URL and the job's owner
     * @param endpoint its id; null for a job's own URL
     * @param owner who may see the delivery; null for those only who see everything
     * @param secret of a job's own webhook; null where it has none, and of endpoints
     * @param jobId empty for a test
     * @param body JSON
     */
    public record Sent(
            String webhookId,
            String destination,
            @Nullable String endpoint,
            @Nullable String owner,
            String url,
            @Nullable SigningSecret secret,
            WebhookEvent event,
            String jobId,
            long createdMillis,
            byte[] body) {

        /** Without the body, which is the caller's business. */
        @Override
        public String toString() {
            return "Sent[" + webhookId + " " + event + " to " + destination + "]";
        }
    }

    /**
     * One request and what came of it.
     *
     * @param atMillis when it began, since the epoch
     * @param status of the answer; 0 where none came
     * @param failure why it counts as failed, one word; null where it succeeded
     * @param detail more of it, or the head of the answer's body, for operators only; null for none
     */
    public record Attempt(
            long atMillis,
            long latencyMillis,
            int status,
            @Nullable String failure,
            @Nullable String detail) {}

    public Delivery {
        log = List.copyOf(log);
    }

    /** A new one, due at once. */
    public static Delivery due(String id, Sent sent) {
        return new Delivery(id, sent, Status.PENDING, sent.createdMillis(), 0, List.of());
    }

    /** The delivery after one more attempt. */
    Delivery after(Attempt attempt, Status newStatus, long newDueMillis) {
        List<Attempt> longer = new ArrayList<>(log.subList(Math.max(0, log.size() - LOGGED + 1), log.size()));
        longer.add(attempt);
        return new Delivery(id, sent, newStatus, newDueMillis, attempts + 1, longer);
    }

    /** The delivery that its destination has no room for. */
    Delivery overflowed(long nowMillis) {
        return after(new Attempt(nowMillis, 0, 0, WebhookStore.OVERFLOW, null), Status.DEAD, 0);
    }

    /** The delivery as it is to be tried from the beginning. */
    Delivery again(long nowMillis) {
        return new Delivery(id, sent, Status.PENDING, nowMillis, 0, log);
    }

    /** The status that callers name so; null for none. */
    public static @Nullable Status status(String wireName) {
        for (Status status : Status.values()) {
            if (status.wireName().equals(wireName.toLowerCase(Locale.ROOT))) {
                return status;
            }
        }
        return null;
    }
}
