package dev.ringback.gateway.webhook;

import dev.ringback.gateway.webhook.Delivery.Attempt;
import dev.ringback.gateway.webhook.Delivery.Status;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt means: for its delivery, and for what is thought of the destination.
 *
 * @param delivery as it stands after the attempt
 * @param isWell whether the receiver answered as one that is in order, be it that it refused
 * @param isGone whether it said that it wants nothing any more
 * @param pauseMillis how long the receiver wants to be left alone; 0 for not at all
 */
record Outcome(Delivery delivery, boolean isWell, boolean isGone, long pauseMillis) {
    /** Client errors that say "not now" (RFC 9110, RFC 8470, RFC 6585). */
    private static final Set<Integer> NOT_NOW = Set.of(408, 409, 425, 429);
    /** Answers whose {@code Retry-After} holds for everything that is sent there. */
    private static final Set<Integer> LEAVE_ALONE = Set.of(429, 503);

    private static final int GONE = 410;
    private static final int EXCERPT = 256;

    static Outcome of(Delivery before, Answer answer, long startedMillis, long nowMillis, Schedule schedule) {
        int status = answer.status();
        boolean succeeded = answer.failure() == null && status / 100 == 2;
        boolean refused = status / 100 == 4 && !NOT_NOW.contains(status);
        boolean isFinal =
                refused || answer.failure() == Failure.DENIED || before.sent().event() == WebhookEvent.TEST;
        long asked = Schedule.retryAfterMillis(answer.retryAfter(), nowMillis);
        long delay = succeeded || isFinal ? -1 : schedule.delayMillis(before.attempts() + 1);
        Status after = succeeded ? Status.DELIVERED : delay < 0 ? Status.DEAD : Status.PENDING;
        Attempt attempt = new Attempt(
                startedMillis,
                TimeUnit.NANOSECONDS.toMillis(answer.latencyNanos()),
                status,
                succeeded ? null : failure(answer),
                detail(answer, succeeded));
        long due = after == Status.PENDING ? nowMillis + Math.max(delay, asked) : before.dueMillis();
        return new Outcome(
                before.after(attempt, after, due),
                succeeded || refused,
                status == GONE,
                LEAVE_ALONE.contains(status) ? asked : 0);
    }

    private static String failure(Answer answer) {
        Failure failure = answer.failure();
        return failure == null ? "http_" + answer.status() : failure.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String detail(Answer answer, boolean succeeded) {
        String detail = answer.failure() != null ? answer.detail() : answer.excerpt();
        if (detail == null || detail.isEmpty() || succeeded) {
            return null;
        }
        return detail.length() > EXCERPT ? detail.substring(0, EXCERPT) : detail;
    }
}
