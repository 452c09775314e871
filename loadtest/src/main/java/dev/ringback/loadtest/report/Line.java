package dev.ringback.loadtest.report;

import dev.ringback.loadtest.result.Sample;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A named line of a plot. */
public record Line(String name, List<Point> points) {
    /** A point; y is not known where {@link Unit#isKnown} says so, and the line has a gap there. */
    public record Point(double x, double y) {}

    /** One figure of each sample. */
    static Line overTime(String name, List<Sample> samples, ToDoubleFunction<Sample> figure) {
        return new Line(
                name,
                samples.stream()
                        .map(sample -> new Point(sample.atSeconds(), figure.applyAsDouble(sample)))
                        .toList());
    }

    List<Point> known() {
        return points.stream().filter(point -> Unit.isKnown(point.y())).toList();
    }

    double greatest() {
        return known().stream().mapToDouble(Point::y).max().orElse(Double.NaN);
    }

    double least() {
        return known().stream().mapToDouble(Point::y).min().orElse(Double.NaN);
    }

    double mean() {
        return known().stream().mapToDouble(Point::y).average().orElse(Double.NaN);
    }

    double last() {
        return points.isEmpty() ? Double.NaN : points.get(points.size() - 1).y();
    }
}
