package dev.ringback.loadtest.scenario;

import dev.ringback.loadtest.scenario.Scenario.Load;
import dev.ringback.loadtest.scenario.Scenario.Shape;
import java.util.SplittableRandom;

/**
 * The jobs of one run, by number and generation, and who waits for which. Every process of a run comes to the same answers.
 *
 * @param run tells this run's jobs from those of others
 */
public record JobNames(String run, Load load, Popularity popularity) {
    public static JobNames of(String run, Load load) {
        return new JobNames(run, load, new Popularity(load.jobsAtATime(), load.zipfExponent()));
    }

    public String id(int job, int generation) {
        return "load-" + run + "-" + job + "-" + generation;
    }

    /** Which job a connection waits for. */
    public int jobOf(int connection) {
        return switch (load.shape()) {
            case ONE, IDLE -> connection;
            case FANOUT -> connection % load.jobsAtATime();
            case ZIPF -> popularity.pick(new SplittableRandom(connection).nextDouble());
        };
    }

    /** Which job an event is about. */
    public int jobOfEvent(int event) {
        return load.shape() == Shape.ZIPF
                ? popularity.pick(new SplittableRandom(-1L - event).nextDouble())
                : event % load.jobsAtATime();
    }

    /** Zipf's law: the n-th job is as popular as 1 / n to the power of the exponent. */
    public static final class Popularity {
        private final double[] upTo;

        Popularity(int jobs, double exponent) {
            upTo = new double[jobs];
            double sum = 0;
            for (int i = 0; i < jobs; i++) {
                sum += 1 / Math.pow(i + 1.0, exponent);
                upTo[i] = sum;
            }
        }

        /** @param uniform from 0 inclusive to 1 exclusive */
        int pick(double uniform) {
            int found = java.util.Arrays.binarySearch(upTo, uniform * upTo[upTo.length - 1]);
            return Math.min(upTo.length - 1, found < 0 ? -found - 1 : found + 1);
        }
    }
}
