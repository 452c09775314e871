package dev.ringback.gateway.webhook;

import dev.ringback.gateway.store.JobStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One gateway's jobs and webhooks, opened together, as the contract tests need them. */
interface WebhooksUnderTest extends AutoCloseable {
    JobStore jobs();

    WebhookStore webhooks();

    /** The stores' time, since the epoch. */
    long nowMillis();

    /** Lets time pass for the stores: moves their clock, or waits. */
    void pass(Duration time);

    /** Another gateway on the same stores, which goes when this one does; null where they are one gateway's own. */
    default @Nullable WebhooksUnderTest another() {
        return null;
    }

    @Override
    void close();
}
