package dev.ringback.loadtest.latency;

import dev.ringback.loadtest.latency.Deliveries.Faults;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The figures of a run, without its warm-up; faults count in the warm-up too.
 *
 * @param notParked events that were due before their waiter was parked: their latency, which is counted all the same, has the
 *     connecting in it, and generator or gateway is at its limit
 * @param endings why connections ended that had not heard the end of their job, and how many
 */
record LatencyReport(
        String transport,
        int ratePerSecond,
        int seconds,
        int waiting,
        double achievedPerSecond,
        Quantiles dueToReceived,
        Quantiles postedToReceived,
        Quantiles dueToPosted,
        Faults faults,
        int notParked,
        Map<String, Integer> endings) {
    /** Of one duration, in microseconds. */
    record Quantiles(long count, double p50, double p90, double p99, double p999, double max) {
        private static final double MICRO_NANOS = 1000;

        static Quantiles of(Histogram nanos) {
            return new Quantiles(
                    nanos.getTotalCount(),
                    nanos.getValueAtPercentile(50) / MICRO_NANOS,
                    nanos.getValueAtPercentile(90) / MICRO_NANOS,
                    nanos.getValueAtPercentile(99) / MICRO_NANOS,
                    nanos.getValueAtPercentile(99.9) / MICRO_NANOS,
                    nanos.getMaxValue() / MICRO_NANOS);
        }

        private String row(String name) {
            return String.format(
                    Locale.ROOT, "%-20s %,10.0f %,10.0f %,10.0f %,10.0f %,10.0f%n", name, p50, p90, p99, p999, max);
        }
    }

    String text() {
        StringBuilder text = new StringBuilder()
                .append(String.format(
                        Locale.ROOT,
                        "%s, %,d events/s asked for, %,.1f/s delivered, %,d s, %,d waiting ahead%n",
                        transport,
                        ratePerSecond,
                        achievedPerSecond,
                        seconds,
                        waiting))
                .append(String.format("%-20s %10s %10s %10s %10s %10s%n", "µs", "p50", "p90", "p99", "p99.9", "max"))
                .append(dueToReceived.row("due → received"))
                .append(postedToReceived.row("posted → received"))
                .append(dueToPosted.row("due → posted"))
                .append(String.format(
                        Locale.ROOT,
                        "the generator was behind its schedule by %,.0f µs at p99; waiters not parked in time: %,d%n",
                        dueToPosted.p99,
                        notParked))
                .append(String.format(
                        Locale.ROOT,
                        "lost %,d, duplicated %,d, after the terminal %,d, not accepted %,d%n",
                        faults.lost(),
                        faults.duplicated(),
                        faults.afterTerminal(),
                        faults.notAccepted()));
        endings.forEach((reason, count) -> text.append(String.format(Locale.ROOT, "  %,d × %s%n", count, reason)));
        return text.toString();
    }
}
