package dev.ringback.gateway.webhook;

import dev.ringback.protocol.JobState;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a webhook may tell of. */
public enum WebhookEvent {
    COMPLETED,
    FAILED,
    CANCELLED,
    /** Throttled, and tried only once: a later state replaces it. */
    PROGRESS,
    /** Sent because somebody asked for it, to see whether the endpoint works. */
    TEST;

    /** What is told where nobody says what is wanted: every end. */
    public static final Set<WebhookEvent> ENDS = Set.of(COMPLETED, FAILED, CANCELLED);

    /** As in {@code "events": ["completed"]}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As in {@code "type": "job.completed"}. */
    public String type() {
        return this == TEST ? "webhook.test" : "job." + wireName();
    }

    /** The event that callers may ask for by this name; null for none. */
    public static @Nullable WebhookEvent parse(String wireName) {
        return wanted().stream()
                .filter(event -> event.wireName().equals(wireName))
                .findFirst()
                .orElse(null);
    }

    /** Those that callers may ask for. */
    public static List<WebhookEvent> wanted() {
        return Arrays.stream(values()).filter(event -> event != TEST).toList();
    }

    /** What a job's being in this state is told as. */
    public static WebhookEvent of(JobState state) {
        return switch (state) {
            case COMPLETED -> COMPLETED;
            case FAILED -> FAILED;
            case CANCELLED -> CANCELLED;
            default -> PROGRESS;
        };
    }
}
