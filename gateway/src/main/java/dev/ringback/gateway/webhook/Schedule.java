package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.WebhookConfig;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When a delivery is tried again. */
final class Schedule {
    /** More than this nobody may ask for. */
    private static final long LONGEST_RETRY_AFTER_MILLIS = Duration.ofHours(24).toMillis();

    private final List<Duration> delays;
    private final int jitterPercent;
    private final RandomGenerator random;
    private final long wholeMillis;

    Schedule(WebhookConfig config, RandomGenerator random) {
        this.delays = config.delays();
        this.jitterPercent = config.jitterPercent();
        this.random = random;
        this.wholeMillis = delays.stream().mapToLong(Duration::toMillis).sum();
    }

    /**
     * How long to wait before the next attempt.
     *
     * @param attempts how many were made; 0 before the first
     * @return -1 where no further one is to be made
     */
    long delayMillis(int attempts) {
        if (attempts >= delays.size()) {
            return -1;
        }
        long delay = delays.get(attempts).toMillis();
        return delay + Math.round(delay * random.nextDouble() * jitterPercent / 100);
    }

    /** So much later than it was due, a delivery is not worth a try any more: its endpoint could not be called for all of that time. */
    long overdueMillis() {
        return wholeMillis + LONGEST_RETRY_AFTER_MILLIS;
    }

    /** What {@code Retry-After} asks for (RFC 9110, section 10.2.3), in milliseconds from now; 0 where it asks for nothing. */
    static long retryAfterMillis(@Nullable String header, long nowMillis) {
        if (header == null) {
            return 0;
        }
        String text = header.strip();
        try {
            if (text.matches("[0-9]{10,}")) {
                return LONGEST_RETRY_AFTER_MILLIS;
            }
            long millis = text.matches("[0-9]{1,9}")
                    ? Long.parseLong(text) * 1_000
                    : Instant.from(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME))
                                    .toEpochMilli()
                            - nowMillis;
            return Math.max(0, Math.min(millis, LONGEST_RETRY_AFTER_MILLIS));
        } catch (DateTimeException malformed) {
            return 0;
        }
    }
}
