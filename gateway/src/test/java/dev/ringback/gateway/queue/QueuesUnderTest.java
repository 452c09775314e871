package dev.ringback.gateway.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One gateway's queues, as the contract tests need them. Its limits are {@link QueuesFixture#limits}. */
interface QueuesUnderTest extends AutoCloseable {
    QueueStore store();

    DependencyStore dependencies();

    /** The stores' time, since the epoch. */
    long nowMillis();

    /** Lets time pass for the stores: moves their clock, or waits. */
    void pass(Duration time);

    /** The longest time that it can let pass: tests that need more are skipped. */
    Duration longestPass();

    /** Another gateway on the same stores, which goes when this one does; null where they are one gateway's own. */
    default @Nullable QueuesUnderTest another() {
        return null;
    }

    @Override
    void close();
}
