package dev.ringback.gateway.simulation;

import java.util.Map;
import java.util.TreeMap;

/** What happened in all worlds of a test together, to show that they were not idle. */
final class Figures {
    private final Map<String, Long> counts = new TreeMap<>();

    void count(String what) {
        add(what, 1);
    }

    void add(String what, long more) {
        counts.merge(what, more, Long::sum);
    }

    void most(String what, long value) {
        counts.merge(what, value, Math::max);
    }

    long of(String what) {
        return counts.getOrDefault(what, 0L);
    }

    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        counts.forEach((what, count) -> lines.append(String.format("%,14d  %s%n", count, what)));
        return lines.toString();
    }
}
