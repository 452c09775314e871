package dev.ringback.loadtest.check;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import org.jspecify.annotations.Nullable;

/**
 * One line of a worker's ledger: a change that it asked for once, and what it was answered.
 *
 * @param incarnation null where the worker does not know it
 * @param version 0 where the worker does not know it
 * @param state what the change leads to
 * @param beganNanos when it was sent, by {@link System#nanoTime()}
 * @param endedNanos when it was answered, or given up
 */
public record Write(
        JobId job,
        @Nullable String incarnation,
        long version,
        JobState state,
        long beganNanos,
        long endedNanos,
        Outcome outcome) {
    /** What a worker knows of its write. */
    public enum Outcome {
        /** Acknowledged. */
        OK,
        /** Told that it was not done. */
        REFUSED,
        /** No answer in time, or one that leaves it open. */
        UNKNOWN
    }

    public Write {
        if (version < 0 || endedNanos < beganNanos) {
            throw new IllegalArgumentException(
                    "a write of version " + version + " from " + beganNanos + " to " + endedNanos + " ns");
        }
    }

    /** True where this write may have led there, as far as the worker knows. */
    boolean mayHaveMade(Standing standing) {
        return outcome != Outcome.REFUSED
                && state == standing.state()
                && (version == 0 || version == standing.version())
                && (incarnation == null || incarnation.equals(standing.incarnation()));
    }

    boolean isAcknowledgedEnd() {
        return outcome == Outcome.OK && state.isTerminal();
    }
}
