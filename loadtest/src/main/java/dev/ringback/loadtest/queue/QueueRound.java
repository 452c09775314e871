package dev.ringback.loadtest.queue;

import dev.ringback.loadtest.queue.Trips.Stop;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What came of one round of one contender, without its warm-up.
 *
 * @param legs in the order of a job's stops
 * @param cpuMicros processor time of each process for each job, Redis's included
 * @param scripts that Redis ran for each job
 * @param faults one sentence each
 */
record QueueRound(String name, List<Leg> legs, Map<String, Double> cpuMicros, double scripts, List<String> faults) {
    /** From when a job was due to one of its stops, in microseconds. */
    record Leg(Stop stop, long count, double p50, double p90, double p99, double max) {
        private static final double MICRO_NANOS = 1_000;

        static Leg of(Stop stop, Trips trips) {
            Histogram nanos = trips.histogram(stop);
            return new Leg(
                    stop,
                    nanos.getTotalCount(),
                    nanos.getValueAtPercentile(50) / MICRO_NANOS,
                    nanos.getValueAtPercentile(90) / MICRO_NANOS,
                    nanos.getValueAtPercentile(99) / MICRO_NANOS,
                    nanos.getMaxValue() / MICRO_NANOS);
        }
    }

    Leg leg(Stop stop) {
        return legs.get(stop.ordinal());
    }
}
