package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import org.jspecify.annotations.Nullable;

/**
 * A client that waits for jobs. For each job it gets one first answer ({@link #onPresent}, {@link #onAbsent}, {@link #onGone} or
 * {@link #onUnavailable}), then events. Its subscription ends by itself after a terminal event, {@code onGone} and {@code
 * onUnavailable}. Calls that were under way when it unsubscribed still arrive, and are its own to ignore.
 */
public interface Subscriber {
    /** The loop of its connection, on which all {@code on…} methods are called. */
    Loop loop();

    WireFormat format();

    /** Whether this client may see jobs of the owner, null for jobs of nobody in particular. Any thread. */
    boolean maySee(@Nullable String owner);

    /** The job as it stands: the first answer. */
    void onPresent(JobEvent present);

    /** No such job now, or none that this client may see: a first answer. Events follow if it appears. */
    void onAbsent(JobId id);

    /** One or more events, in order, all newer than what came before. */
    void onEvents(FanOut fanOut);

    /** The store went back, or the id lives again: forget what came before; this is the job now. */
    void onReset(JobEvent present);

    void onGone(JobId id, GoneReason reason);

    /** The hub has no room for another topic. */
    void onUnavailable(JobId id);

    /** A call to it failed, or could not be made: it has missed something, and must make its client begin anew. */
    void onFault();
}
