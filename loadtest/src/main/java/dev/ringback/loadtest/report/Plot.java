package dev.ringback.loadtest.report;

import dev.ringback.loadtest.report.Line.Point;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A line plot, drawn as SVG into a page, with a legend above and a table below that says the same in figures. It needs no
 * script: what a point stands for is its {@code title}, and lines differ by their dashes where colours can't be told apart.
 */
final class Plot {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 300;
    private static final int LEFT = 96;
    private static final int RIGHT = 24;
    private static final int TOP = 14;
    private static final int BOTTOM = 56;
    /** Colours and dashes that the style sheet knows. */
    private static final int STYLES = 6;
    /** More points than the picture has room for are thinned, keeping the least and the greatest of each stretch. */
    private static final int MAX_POINTS = 600;

    private static final int MAX_HOVERS = 60;

    /**
     * What a plot shows.
     *
     * @param says what one sees in it, in a sentence, for those who can't see it
     * @param unit of the lines' y
     * @param xUnit of the lines' x, in what a point says
     */
    record Subject(String id, String title, String says, Unit unit, Unit xUnit) {}

    private final Subject subject;
    private final Scale x;
    private final Scale y;
    private final List<Line> lines;

    Plot(Subject subject, Scale x, Scale y, List<Line> lines) {
        this.subject = subject;
        this.x = x;
        this.y = y;
        this.lines = lines;
    }

    /** Lines from zero, or, where they are times, on a logarithmic scale. */
    static Plot over(Subject subject, Scale x, List<Line> lines) {
        return new Plot(subject, x, scale(subject, lines), lines);
    }

    /** Percentile and microseconds, a line each transport or run. */
    static Plot ofPercentiles(String id, String title, List<Line> lines, long count) {
        Subject subject = new Subject(
                id,
                title,
                "The time from due to received that so many percent of the deliveries did not exceed.",
                Unit.MICROSECONDS,
                Unit.PERCENTILE);
        return over(subject, Scale.percentiles("percentile", count), lines);
    }

    private static Scale scale(Subject subject, List<Line> lines) {
        Unit unit = subject.unit();
        double greatest = lines.stream()
                .mapToDouble(Line::greatest)
                .filter(Unit::isKnown)
                .max()
                .orElse(1);
        if (unit != Unit.MICROSECONDS) {
            return Scale.linear(unit.words(), unit, greatest);
        }
        double least = lines.stream()
                .mapToDouble(Line::least)
                .filter(Unit::isKnown)
                .min()
                .orElse(1);
        return Scale.logarithmic("time, logarithmic", unit, Math.max(1, least), Math.max(1, greatest));
    }

    /** Draws the figure, with the table given below it. A plot without a single known point says so in place of the picture. */
    void draw(Markup page, List<String> head, List<List<String>> rows) {
        page.open("figure", "id", subject.id()).open("figcaption").element("h3", subject.title());
        page.element("p", subject.says()).close("figcaption");
        if (lines.stream().allMatch(line -> line.known().isEmpty())) {
            page.element("p", "Nothing was measured here.", "class", "none");
        } else {
            legend(page);
            picture(page);
        }
        if (!rows.isEmpty()) {
            page.table(subject.title() + " in figures", head, rows);
        }
        page.close("figure");
    }

    private void legend(Markup page) {
        page.open("ul", "class", "legend");
        for (int i = 0; i < lines.size(); i++) {
            page.open("li").open("svg", "viewBox", "0 0 30 10", "aria-hidden", "true");
            page.empty("path", "class", style(i), "d", "M0 5H30");
            page.close("svg").text(lines.get(i).name()).close("li");
        }
        page.close("ul");
    }

    private void picture(Markup page) {
        String title = subject.id() + "-title";
        String says = subject.id() + "-says";
        String box = "0 0 " + WIDTH + " " + HEIGHT;
        page.open("svg", "class", "plot", "viewBox", box, "role", "img", "aria-labelledby", title + " " + says);
        page.element("title", subject.title(), "id", title);
        page.element("desc", subject.says(), "id", says);
        horizontalMarks(page);
        verticalMarks(page);
        for (int i = 0; i < lines.size(); i++) {
            page.empty("path", "class", style(i), "d", path(thinned(lines.get(i).points())));
        }
        lines.forEach(line -> hovers(page, line));
        page.close("svg");
    }

    private void horizontalMarks(Markup page) {
        for (Scale.Tick tick : y.ticks()) {
            String at = coordinate(yOf(tick.at()));
            page.empty("path", "class", "grid", "d", "M" + LEFT + " " + at + "H" + (WIDTH - RIGHT));
            page.element(
                    "text", tick.text(), "x", String.valueOf(LEFT - 8), "y", at, "dy", ".35em", "text-anchor", "end");
        }
        String name = "rotate(-90) translate(" + -(TOP + (HEIGHT - TOP - BOTTOM) / 2) + " 16)";
        page.element("text", y.name(), "class", "axis", "transform", name, "text-anchor", "middle");
    }

    private void verticalMarks(Markup page) {
        int base = HEIGHT - BOTTOM;
        for (Scale.Tick tick : x.ticks()) {
            String at = coordinate(xOf(tick.at()));
            page.empty("path", "class", "grid", "d", "M" + at + " " + base + "v5");
            String textAt = tick.at() < 1 ? at : String.valueOf(WIDTH);
            String anchor = tick.at() < 1 ? "middle" : "end";
            page.element("text", tick.text(), "x", textAt, "y", String.valueOf(base + 22), "text-anchor", anchor);
        }
        String middle = String.valueOf(LEFT + (WIDTH - LEFT - RIGHT) / 2);
        String bottom = String.valueOf(HEIGHT - 8);
        page.element("text", x.name(), "class", "axis", "x", middle, "y", bottom, "text-anchor", "middle");
    }

    /** Broken where a point is not known; a point alone between two breaks is a dot, which round ends make visible. */
    private String path(List<Point> points) {
        StringBuilder path = new StringBuilder();
        boolean drawing = false;
        for (Point point : points) {
            boolean known = Unit.isKnown(point.y());
            if (known) {
                path.append(drawing ? 'L' : 'M').append(place(point));
                path.append(drawing ? "" : "h0");
            }
            drawing = known;
        }
        return path.toString();
    }

    /** Invisible dots that say what they stand for when they are pointed at. */
    private void hovers(Markup page, Line line) {
        List<Point> known = line.known();
        int step = Math.max(1, known.size() / MAX_HOVERS);
        for (int i = 0; i < known.size(); i += step) {
            Point point = known.get(i);
            String where = subject.xUnit().text(point.x());
            page.open(
                    "circle", "r", "9", "cx", coordinate(xOf(x.at(point.x()))), "cy", coordinate(yOf(y.at(point.y()))));
            page.element(
                    "title",
                    line.name() + " at " + where + ": " + subject.unit().text(point.y()));
            page.close("circle");
        }
    }

    /** Keeps each stretch's least and greatest point, in their order, and one that is not known where there is one. */
    static List<Point> thinned(List<Point> points) {
        if (points.size() <= MAX_POINTS) {
            return points;
        }
        int stretch = (int) Math.ceil(points.size() * 2.0 / MAX_POINTS);
        List<Point> kept = new ArrayList<>();
        for (int from = 0; from < points.size(); from += stretch) {
            List<Point> some = points.subList(from, Math.min(points.size(), from + stretch));
            Point least = Collections.min(some, Comparator.comparingDouble(Point::y));
            Point greatest = Collections.max(some, Comparator.comparingDouble(Point::y));
            kept.add(least.x() <= greatest.x() ? least : greatest);
            kept.add(least.x() <= greatest.x() ? greatest : least);
        }
        return kept;
    }

    private String place(Point point) {
        return coordinate(xOf(x.at(point.x()))) + " " + coordinate(yOf(y.at(point.y())));
    }

    private static double xOf(double at) {
        return LEFT + at * (WIDTH - LEFT - RIGHT);
    }

    private static double yOf(double at) {
        return HEIGHT - BOTTOM - at * (HEIGHT - TOP - BOTTOM);
    }

    private static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String style(int line) {
        return "line s" + line % STYLES;
    }
}
