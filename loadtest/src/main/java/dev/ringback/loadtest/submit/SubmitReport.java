package dev.ringback.loadtest.submit;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * How fast jobs were taken in.
 *
 * @param jobs submitted and acknowledged
 * @param perSecond over the whole time
 * @param p50Micros from the request's first byte to the answer's last
 */
public record SubmitReport(
        int jobs, int clients, double perSecond, double p50Micros, double p99Micros, double maxMicros) {
    private static final double MICRO_NANOS = 1_000;

    static SubmitReport of(int clients, double seconds, Histogram nanos) {
        int jobs = Math.toIntExact(nanos.getTotalCount());
        return new SubmitReport(
                jobs,
                clients,
                jobs / seconds,
                nanos.getValueAtPercentile(50) / MICRO_NANOS,
                nanos.getValueAtPercentile(99) / MICRO_NANOS,
                nanos.getMaxValue() / MICRO_NANOS);
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "%,d jobs by %d clients: %,.0f/s, p50 %,.0f µs, p99 %,.0f µs, max %,.0f µs%n",
                jobs,
                clients,
                perSecond,
                p50Micros,
                p99Micros,
                maxMicros);
    }
}
