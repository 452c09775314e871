package dev.ringback.loadtest.check;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The times of a history: when it ended, its faults in order, and how sentences give a time. */
final class Timeline {
    final Bounds bounds;
    final long endNanos;
    private final long originNanos;
    private final List<Fault> faults;

    Timeline(History history, Bounds bounds) {
        this.bounds = bounds;
        endNanos = history.endNanos();
        faults = history.faults().stream()
                .sorted(Comparator.comparingLong(Fault::beganNanos))
                .toList();
        originNanos = Stream.of(
                        history.writes().stream().mapToLong(Write::beganNanos),
                        history.heard().stream().mapToLong(Heard::atNanos),
                        history.faults().stream().mapToLong(Fault::beganNanos),
                        LongStream.of(endNanos))
                .flatMapToLong(times -> times)
                .min()
                .orElse(endNanos);
    }

    /**
     * From when on something is owed: the start, or the heal of the last fault that overlaps the time that there is to pay.
     * Faults that began after {@code untilNanos} don't count.
     */
    long owedFrom(long startNanos, long untilNanos) {
        long owed = startNanos;
        for (Fault fault : faults) {
            boolean overlaps = fault.beganNanos() - bounds.withinNanos() <= owed;
            if (overlaps && fault.beganNanos() <= untilNanos) {
                owed = Math.max(owed, fault.healedNanos());
            }
        }
        return owed;
    }

    /** True where the time to pay was over, by then, for what is owed from the given moment on. */
    boolean isOverdue(long owedFromNanos, long thenNanos) {
        return thenNanos - bounds.withinNanos() > owedFromNanos;
    }

    /** The time since the first one of the history. */
    String at(long nanos) {
        return millis(nanos - originNanos);
    }

    static String millis(long nanos) {
        return Duration.ofNanos(nanos).toMillis() + " ms";
    }
}
