package dev.ringback.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a caller submits.
 *
 * @param input the caller's JSON for the worker, opaque
 * @param webhook {@code {url, secret, events}} as the caller wrote it, opaque; a {@code callbackUrl} arrives here as {@code {url}}
 * @param ttl how long the ended job is kept; null for the configured time
 * @param originalJobId the failed job that this one tries again; null for a first try
 */
public record NewJob(
        String type,
        byte @Nullable [] input,
        int priority,
        byte @Nullable [] webhook,
        @Nullable String correlationId,
        @Nullable Duration ttl,
        @Nullable JobId originalJobId) {

    /** The same job under another correlation id. */
    public NewJob correlatedBy(String id) {
        return new NewJob(type, input, priority, webhook, id, ttl, originalJobId);
    }

    /** The same job as another's next try. */
    public NewJob retrying(JobId original) {
        return new NewJob(type, input, priority, webhook, correlationId, ttl, original);
    }
}
