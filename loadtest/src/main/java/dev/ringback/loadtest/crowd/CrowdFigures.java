package dev.ringback.loadtest.crowd;

import java.util.HashMap;
import java.util.Map;

/**
 * What a crowd, or a part of it, has counted.
 *
 * @param counts by the name of {@link Counter}, from the beginning on
 * @param complaints what went wrong otherwise, and how often
 * @param histograms nanoseconds since the figures before, by transport and {@link #CONNECTING}, compressed, in base64
 */
public record CrowdFigures(Map<Counter, Long> counts, Map<String, Integer> complaints, Map<String, String> histograms) {
    /** The histogram of the time from dialling until a wait is held. */
    public static final String CONNECTING = "connecting";

    /** What is counted. */
    public enum Counter {
        PARKED,
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

    static CrowdFigures of(Tally tally, Map<String, String> histograms) {
        Map<Counter, Long> counts = new HashMap<>();
        counts.put(Counter.PARKED, tally.parked.sum());
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
        return new CrowdFigures(counts, tally.complaints(), histograms);
    }

    public long count(Counter counter) {
        return counts.getOrDefault(counter, 0L);
    }
}
