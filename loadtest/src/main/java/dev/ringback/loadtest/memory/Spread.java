package dev.ringback.loadtest.memory;

import java.util.Collection;
import java.util.Locale;

/** The middle of some figures and how far they reach. */
public record Spread(double median, double min, double max) {
    /**
     * Sums figures up; of an even number of them the median is halfway between the middle two.
     *
     * @throws IllegalArgumentException where there are none
     */
    public static Spread of(Collection<Double> figures) {
        if (figures.isEmpty()) {
            throw new IllegalArgumentException("the spread of no figures");
        }
        double[] sorted =
                figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double low = sorted[(sorted.length - 1) / 2];
        double high = sorted[sorted.length / 2];
        return new Spread((low + high) / 2, sorted[0], sorted[sorted.length - 1]);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,.0f (%,.0f – %,.0f)", median, min, max);
    }
}
