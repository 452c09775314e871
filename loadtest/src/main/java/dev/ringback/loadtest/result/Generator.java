package dev.ringback.loadtest.result;

/**
 * What the side that measures could do itself.
 *
 * @param ratePerSecond deliveries a second that it took in this run
 * @param ableRatePerSecond what it was shown to be able to take; -1 where that was not measured
 * @param cpuPercent of one core
 * @param lateP99Micros how late it sent what was due
 * @param isLimit whether it may have been the limit, rather than the server
 * @param words why, in a sentence
 */
public record Generator(
        double ratePerSecond,
        double ableRatePerSecond,
        double cpuPercent,
        double lateP99Micros,
        boolean isLimit,
        String words) {}
