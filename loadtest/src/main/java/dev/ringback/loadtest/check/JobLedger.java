package dev.ringback.loadtest.check;

import dev.ringback.loadtest.check.Write.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All writes of one job, and what became of them. */
final class JobLedger {
    /** Before every other time. */
    private static final long NEVER = Long.MIN_VALUE;

    final @Nullable Standing truth;
    private final List<Write> writes = new ArrayList<>();

    JobLedger(Truth truth) {
        this.truth = truth.standing();
    }

    void add(Write write) {
        writes.add(write);
    }

    /** True where some write may have led there, and had begun by then. */
    boolean explains(Standing standing, long atNanos) {
        return writes.stream().anyMatch(write -> write.mayHaveMade(standing) && write.beganNanos() <= atNanos);
    }

    /**
     * When the worker knew of the end that the store has now. Where several writes made it, the last one counts: an end may have been
     * undone and made again under the same version.
     */
    long endKnownNanos(Standing end) {
        long acknowledged = lastEnd(write -> write.outcome() == Outcome.OK && write.mayHaveMade(end));
        return acknowledged == NEVER ? lastEnd(write -> write.mayHaveMade(end)) : acknowledged;
    }

    /** When the last write that may have changed the job was over. */
    long lastChangeNanos() {
        return lastEnd(write -> write.outcome() != Outcome.REFUSED);
    }

    private long lastEnd(Predicate<Write> which) {
        return writes.stream().filter(which).mapToLong(Write::endedNanos).max().orElse(NEVER);
    }

    /** Counts the acknowledged ends, and those that the store no longer has. */
    void judgeEnds(Timeline timeline, Findings findings) {
        for (Write write : writes) {
            if (write.isAcknowledgedEnd()) {
                findings.acknowledgedEnds++;
                if (truth == null || !write.mayHaveMade(truth)) {
                    undone(write, timeline, findings);
                }
            }
        }
    }

    private void undone(Write write, Timeline timeline, Findings findings) {
        findings.undoneEnds++;
        if (timeline.bounds.survivesFaults()) {
            String version = write.version() == 0 ? "" : " as version " + write.version();
            findings.violations.add(
                    "job " + write.job() + ": its end " + write.state().wireName() + version
                            + ", acknowledged at " + timeline.at(write.endedNanos()) + ", was undone: the store has "
                            + Standing.text(truth) + " at the end.");
        }
    }
}
