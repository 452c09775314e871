package dev.ringback.loadtest.crowd;

import java.util.HashMap;
import java.util.Map;

/**
 * What a crowd, or a part of it, has counted.
 *
 * @param counts by the name of {@link Counter}, from the beginning on
 * @param span when they came to wait
 * @param complaints what went wrong otherwise, and how often
 * @param histograms nanoseconds since the figures before, by transport and {@link #CONNECTING}, compressed, in base64
 */
public record CrowdFigures(
        Map<Counter, Long> counts, Span span, Map<String, Integer> complaints, Map<String, String> histograms) {
    /** The histogram of the time from dialling until a wait is held. */
    public static final String CONNECTING = "connecting";

    /** What is counted. */
    public enum Counter {
        /** Came to wait, each time. */
        PARKED,
        /** Wait at this moment. */
        WAITING,
        OPEN,
        FAILED_CONNECTS,
        DELIVERED,
        REPLACED,
        LOST,
        DUPLICATED,
        OUT_OF_ORDER,
        AFTER_TERMINAL,
        RECONNECTS,
        CLOSED_SLOW
    }

    /**
     * From the first dialling until the last wait that was held, by {@link System#nanoTime()}, which is one clock for all processes
     * of a machine.
     */
    public record Span(long firstDialledNanos, long lastParkedNanos) {
        /** Of those who have not come. */
        public static final Span NONE = new Span(Long.MAX_VALUE, Long.MIN_VALUE);

        Span and(Span other) {
            return new Span(
                    Math.min(firstDialledNanos, other.firstDialledNanos),
                    Math.max(lastParkedNanos, other.lastParkedNanos));
        }

        /** In seconds; -1 where nobody waited yet. */
        public double seconds() {
            boolean known = firstDialledNanos != Long.MAX_VALUE && lastParkedNanos != Long.MIN_VALUE;
            return known ? (lastParkedNanos - firstDialledNanos) / SECOND_NANOS : -1;
        }
    }

    private static final double SECOND_NANOS = 1e9;

    static CrowdFigures of(Tally tally, Map<String, String> histograms) {
        Map<Counter, Long> counts = new HashMap<>();
        counts.put(Counter.PARKED, tally.parked.sum());
        counts.put(Counter.WAITING, tally.waiting.sum());
        counts.put(Counter.OPEN, tally.open.sum());
        counts.put(Counter.FAILED_CONNECTS, tally.failedConnects.sum());
        counts.put(Counter.DELIVERED, tally.delivered.sum());
        counts.put(Counter.REPLACED, tally.replaced.sum());
        counts.put(Counter.LOST, tally.lost.sum());
        counts.put(Counter.DUPLICATED, tally.duplicated.sum());
        counts.put(Counter.OUT_OF_ORDER, tally.outOfOrder.sum());
        counts.put(Counter.AFTER_TERMINAL, tally.afterTerminal.sum());
        counts.put(Counter.RECONNECTS, tally.reconnects.sum());
        counts.put(Counter.CLOSED_SLOW, tally.closedSlow.sum());
        Span span = new Span(tally.firstDialledNanos.get(), tally.lastParkedNanos.get());
        return new CrowdFigures(counts, span, tally.complaints(), histograms);
    }

    public long count(Counter counter) {
        return counts.getOrDefault(counter, 0L);
    }
}
