package dev.ringback.loadtest.result;

/**
 * One moment of a run; -1 stands for what is not known.
 *
 * @param atSeconds since the run began
 * @param connections open at that moment
 * @param publishedPerSecond since the sample before, as are the other rates, percentiles and shares
 * @param serverCpuPercent of one core
 * @param serverGcMillis how long the server's garbage collector paused it since the sample before
 * @param generatorCpuPercent of one core, all client processes together
 */
public record Sample(
        double atSeconds,
        long connections,
        long publishedPerSecond,
        long deliveredPerSecond,
        double p50Micros,
        double p99Micros,
        double serverCpuPercent,
        long serverRssBytes,
        long serverHeapBytes,
        double serverGcMillis,
        double generatorCpuPercent) {
    /** Stands for a figure that is not known. */
    public static final int UNKNOWN = -1;
}
