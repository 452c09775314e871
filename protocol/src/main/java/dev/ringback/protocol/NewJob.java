package dev.ringback.protocol;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller submits.
 *
 * @param input the caller's JSON for the worker, opaque
 * @param webhook {@code {url, secret, events}} as the caller wrote it, opaque; a {@code callbackUrl} arrives here as {@code {url}}
 * @param ttl how long the ended job is kept; null for the configured time
 * @param originalJobId the failed job that this one tries again; null for a first try
 * @param plan when workers may have it, and how often
 */
public record NewJob(
        String type,
        byte @Nullable [] input,
        int priority,
        byte @Nullable [] webhook,
        @Nullable String correlationId,
        @Nullable Duration ttl,
        @Nullable JobId originalJobId,
        Plan plan) {

    /** What becomes of a job when one that it waits for does not complete. */
    public enum AfterFailure {
        FAIL,
        CANCEL
    }

    /**
     * When workers may have the job, and how often.
     *
     * @param maxAttempts how often it is tried at most; 0 for as often as is configured for its type
     * @param runAtMillis before which it is given to nobody, since the epoch; 0 for at once
     * @param after jobs that have to complete before
     */
    public record Plan(int maxAttempts, long runAtMillis, List<JobId> after, AfterFailure afterFailure) {
        /** At once, and as often as is configured. */
        public static final Plan NONE = new Plan(0, 0, List.of(), AfterFailure.FAIL);

        public Plan {
            after = List.copyOf(after);
        }
    }

    /** The same job under another correlation id. */
    public NewJob correlatedBy(String id) {
        return new NewJob(type, input, priority, webhook, id, ttl, originalJobId, plan);
    }

    /** The same job as another's next try: at once, for what it waited for has been. */
    public NewJob retrying(JobId original) {
        Plan again = new Plan(plan.maxAttempts, 0, List.of(), plan.afterFailure);
        return new NewJob(type, input, priority, webhook, correlationId, ttl, original, again);
    }
}
