package dev.ringback.loadtest.check;

import dev.ringback.protocol.JobState;
import org.jspecify.annotations.Nullable;

/** Where a job was said to stand: what two sides must agree on. */
record Standing(String incarnation, long version, JobState state) {
    /** Null where the side that speaks knows of no job. */
    static @Nullable Standing of(@Nullable String incarnation, long version, @Nullable JobState state) {
        return incarnation == null || state == null ? null : new Standing(incarnation, version, state);
    }

    static String text(@Nullable Standing standing) {
        return standing == null ? "nothing" : standing.toString();
    }

    boolean isTerminal() {
        return state.isTerminal();
    }

    @Override
    public String toString() {
        return state.wireName() + " " + incarnation + "-" + version;
    }
}
