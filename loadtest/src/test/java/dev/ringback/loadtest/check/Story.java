package dev.ringback.loadtest.check;

import dev.ringback.loadtest.check.Heard.Kind;
import dev.ringback.loadtest.check.Write.Outcome;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A history in the making, in milliseconds. Tells of one job, and of client 1 unless another is named. Everyone must know within
 * a second; nothing may take longer than 5 s.
 */
final class Story {
    static final JobId JOB = JobId.of("j1");

    private static final long WITHIN_MILLIS = 1_000;
    private static final long LONGEST_WAIT_MILLIS = 5_000;
    /** Any number may be the first time. */
    private static final long ORIGIN_MILLIS = -7_777;

    private final List<Write> writes = new ArrayList<>();
    private final List<Heard> heard = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private Truth truth = Truth.absent(JOB);
    private boolean survivesFaults = true;
    private int client = 1;

    /** A story in which the client has begun at 0 and connected at 1. */
    static Story of() {
        return new Story().says(0, Kind.BEGAN).says(1, Kind.CONNECTED);
    }

    Story client(int number) {
        client = number;
        return this;
    }

    Story says(long atMillis, Kind kind) {
        heard.add(Heard.of(client, JOB, nanos(atMillis), kind));
        return this;
    }

    /**
     * A state told.
     *
     * @param cursor incarnation and version, {@code a-3}
     */
    Story says(long atMillis, Kind kind, String cursor, JobState state) {
        String[] parts = cursor.split("-");
        heard.add(new Heard(client, JOB, nanos(atMillis), kind, parts[0], Long.parseLong(parts[1]), state));
        return this;
    }

    /** A write that took 10 ms, under an incarnation that its worker does not know. */
    Story write(long endedMillis, Outcome outcome, long version, JobState state) {
        writes.add(new Write(JOB, null, version, state, nanos(endedMillis - 10), nanos(endedMillis), outcome));
        return this;
    }

    /** An end that was acknowledged at 40 as version 2 of this incarnation. */
    Story endIn(String incarnation, JobState state) {
        writes.add(new Write(JOB, incarnation, 2, state, nanos(30), nanos(40), Outcome.OK));
        return this;
    }

    Story fault(long beganMillis, long healedMillis) {
        faults.add(new Fault("redis killed", nanos(beganMillis), nanos(healedMillis)));
        return this;
    }

    Story truth(String cursor, JobState state) {
        String[] parts = cursor.split("-");
        truth = new Truth(JOB, parts[0], Long.parseLong(parts[1]), state);
        return this;
    }

    Story onAWeakStore() {
        survivesFaults = false;
        return this;
    }

    Report endsAt(long millis) {
        History history = new History(writes, heard, faults, List.of(truth), nanos(millis));
        return Checker.check(
                history,
                new Bounds(
                        Duration.ofMillis(WITHIN_MILLIS).toNanos(),
                        Duration.ofMillis(LONGEST_WAIT_MILLIS).toNanos(),
                        survivesFaults));
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(ORIGIN_MILLIS + millis).toNanos();
    }
}
