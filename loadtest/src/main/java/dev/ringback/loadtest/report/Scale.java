package dev.ringback.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * One axis of a plot: where a figure lies on it, and what is written along it.
 *
 * @param name what the axis counts, with its unit
 * @param place from 0, where the axis begins, to 1, where it ends
 */
record Scale(String name, DoubleUnaryOperator place, List<Tick> ticks) {
    private static final int MAX_STEPS = 6;
    private static final double DECADES_WITH_HALVES = 2.5;
    private static final int MOST_NINES = 7;

    /** A mark on the axis. */
    record Tick(double at, String text) {}

    double at(double figure) {
        return Math.min(1, Math.max(0, place.applyAsDouble(figure)));
    }

    /** From 0 to the first round number that is not below the greatest figure. */
    static Scale linear(String name, Unit unit, double greatest) {
        double top = greatest > 0 ? greatest : 1;
        double step = roundStep(top / MAX_STEPS, unit == Unit.BYTES);
        long steps = (long) Math.ceil(top / step - 1e-9);
        double end = step * steps;
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i <= steps; i++) {
            ticks.add(tick((double) i / steps, unit.text(i * step)));
        }
        return new Scale(name, figure -> figure / end, ticks);
    }

    /** 1, 2 or 5 times a power of ten, not below the least; for bytes, a power of two. */
    private static double roundStep(double least, boolean binary) {
        if (binary) {
            return Math.pow(2, Math.ceil(Math.log(least) / Math.log(2)));
        }
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (int factor : new int[] {1, 2, 5}) {
            if (least <= power * factor * (1 + 1e-9)) {
                return power * factor;
            }
        }
        return power * 10;
    }

    /** Logarithmic, over whole decades. */
    static Scale logarithmic(String name, Unit unit, double least, double greatest) {
        double from = Math.floor(Math.log10(Math.max(least, 1e-3)));
        double to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(greatest, 1e-3))));
        int[] factors = to - from <= DECADES_WITH_HALVES ? new int[] {1, 2, 5} : new int[] {1};
        List<Tick> ticks = new ArrayList<>();
        for (double decade = from; decade <= to; decade++) {
            for (int factor : factors) {
                double figure = Math.pow(10, decade) * factor;
                double at = (Math.log10(figure) - from) / (to - from);
                if (at <= 1 + 1e-9) {
                    ticks.add(tick(at, unit.text(figure)));
                }
            }
        }
        return new Scale(name, figure -> (Math.log10(figure) - from) / (to - from), ticks);
    }

    /**
     * Percentiles as HdrHistogram plots them: each further nine of the percentile takes the same room, so that the tail, which
     * is what a waiting client feels, is as wide as the rest.
     *
     * @param count of recorded figures, beyond which there are no percentiles to tell apart
     */
    static Scale percentiles(String name, long count) {
        int nines = Math.min(MOST_NINES, Math.max(2, (int) Math.ceil(Math.log10(Math.max(1.0, (double) count)))));
        List<Tick> ticks = new ArrayList<>();
        ticks.add(tick(0, "0 %"));
        for (int i = 1; i <= nines; i++) {
            int places = Math.max(0, i - 2);
            ticks.add(tick((double) i / nines, String.format(Locale.ROOT, "%." + places + "f %%", percentile(i))));
        }
        return new Scale(name, percentile -> Math.log10(100 / Math.max(1e-9, 100 - percentile)) / nines, ticks);
    }

    private static double percentile(int nines) {
        return 100 - 100 * Math.pow(10, -nines);
    }

    private static Tick tick(double at, String text) {
        return new Tick(at, text);
    }
}
