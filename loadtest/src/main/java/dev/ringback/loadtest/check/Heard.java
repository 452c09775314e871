package dev.ringback.loadtest.check;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a client did or was told while it followed a job.
 *
 * @param client the client's number
 * @param atNanos when, by {@link System#nanoTime()}
 * @param incarnation with {@code version} and {@code state}, what a SNAPSHOT or EVENT says and a RESET may say; else null
 * @param version 0 where nothing is said
 */
public record Heard(
        int client,
        JobId job,
        long atNanos,
        Kind kind,
        @Nullable String incarnation,
        long version,
        @Nullable JobState state) {
    /** What it was. */
    public enum Kind {
        /** The client wants to wait from now on. */
        BEGAN,
        /** A connection, or a request on one, begins; the client sends its cursor. */
        CONNECTED,
        /** The first state told since CONNECTED. */
        SNAPSHOT,
        /** Any later state. */
        EVENT,
        /** The server says that the state may have gone back; the job's own event follows. */
        RESET,
        /** The server says that there is nothing to wait for. */
        GONE,
        /** An error answer, or a close with a reason. The client comes back, or leaves. */
        REFUSED,
        /** The server says that nothing is newer than the client's cursor: 304, 204, {@code unsubscribed}. */
        UP_TO_DATE,
        /** The connection ended. */
        CLOSED,
        /** The client gave up by its own choice; from now on it is owed nothing. */
        LEFT
    }

    public Heard {
        boolean mustSay = kind == Kind.SNAPSHOT || kind == Kind.EVENT;
        boolean maySay = mustSay || kind == Kind.RESET;
        boolean says = incarnation != null && state != null && version > 0;
        boolean silent = incarnation == null && state == null && version == 0;
        if (!(says && maySay) && !(silent && !mustSay)) {
            throw new IllegalArgumentException(kind + " with " + incarnation + "-" + version + " " + state);
        }
    }

    /** A line that says nothing about the job's state. */
    public static Heard of(int client, JobId job, long atNanos, Kind kind) {
        return new Heard(client, job, atNanos, kind, null, 0, null);
    }

    @Nullable Standing standing() {
        return Standing.of(incarnation, version, state);
    }
}
