package dev.ringback.loadtest.result;

/**
 * How long deliveries took, in microseconds.
 *
 * @param hlog the whole histogram, as HdrHistogram's compressed form in base64
 */
public record Latency(long count, double p50, double p90, double p99, double p999, double max, String hlog) {}
