package dev.ringback.loadtest.crowd;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What a process's connections counted, from its start on. For any thread. */
final class Tally {
    private static final int MOST_COMPLAINTS = 20;

    final LongAdder parked = new LongAdder();
    final LongAdder waiting = new LongAdder();
    final LongAdder open = new LongAdder();
    final LongAdder failedConnects = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder replaced = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder duplicated = new LongAdder();
    final LongAdder outOfOrder = new LongAdder();
    final LongAdder afterTerminal = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder closedSlow = new LongAdder();
    final LongAccumulator firstDialledNanos =
            new LongAccumulator(Math::min, CrowdFigures.Span.NONE.firstDialledNanos());
    final LongAccumulator lastParkedNanos = new LongAccumulator(Math::max, CrowdFigures.Span.NONE.lastParkedNanos());
    private final Map<String, Integer> complaints = new ConcurrentHashMap<>();

    /** Keeps what went wrong, and how often; of many different things only the first. */
    void complain(String what) {
        if (complaints.containsKey(what) || complaints.size() < MOST_COMPLAINTS) {
            complaints.merge(what, 1, Integer::sum);
        }
    }

    Map<String, Integer> complaints() {
        return Map.copyOf(complaints);
    }
}
