package dev.ringback.loadtest.report;

import dev.ringback.loadtest.report.Metrics.Figure;
import dev.ringback.loadtest.result.LoadResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Runs beside each other; the first is what the others are measured by. */
final class Comparison {
    private static final Figure MISSING = new Figure(Double.NaN, Unit.COUNT);
    private static final String NOT_SET = "not set";

    /** A run, and what it is called here: the file it was read from. */
    record Run(String name, LoadResult result) {}

    /**
     * A figure of each run, in their order.
     *
     * @param ratios of each to the first, the first's own left out
     */
    record Row(String name, List<String> figures, List<String> ratios) {}

    /** Something that was not the same for all runs, and what it was for each. */
    record Difference(String name, List<String> values) {}

    private final List<Run> runs;

    Comparison(List<Run> runs) {
        this.runs = List.copyOf(runs);
    }

    List<Run> runs() {
        return runs;
    }

    /** All figures that any of the runs has. */
    List<Row> rows() {
        List<Map<String, Figure>> all =
                runs.stream().map(run -> Metrics.of(run.result())).toList();
        Set<String> names = new LinkedHashSet<>();
        all.forEach(figures -> names.addAll(figures.keySet()));
        return names.stream()
                .map(name -> row(
                        name,
                        all.stream()
                                .map(figures -> figures.getOrDefault(name, MISSING))
                                .toList()))
                .toList();
    }

    private static Row row(String name, List<Figure> figures) {
        double first = figures.get(0).value();
        List<String> ratios = figures.subList(1, figures.size()).stream()
                .map(figure -> ratio(figure.value(), first))
                .toList();
        return new Row(name, figures.stream().map(Figure::text).toList(), ratios);
    }

    /** {@code ×0.50} for half; nothing that is not known, and nothing over zero but zero itself, has a ratio. */
    static String ratio(double figure, double first) {
        if (!Unit.isKnown(figure) || !Unit.isKnown(first)) {
            return Unit.UNKNOWN;
        }
        if (figure == first) {
            return "=";
        }
        if (first == 0) {
            return Unit.UNKNOWN;
        }
        double ratio = figure / first;
        return String.format(Locale.ROOT, ratio >= 100 ? "×%,.0f" : "×%.2f", ratio);
    }

    /** What was set otherwise, or ran elsewhere: a ratio may be due to it, and not to what one wanted to compare. */
    List<Difference> differences() {
        List<Map<String, String>> all =
                runs.stream().map(run -> conditions(run.result())).toList();
        Set<String> names = new LinkedHashSet<>();
        all.forEach(conditions -> names.addAll(conditions.keySet()));
        List<Difference> differences = new ArrayList<>();
        for (String name : names) {
            List<String> values = all.stream()
                    .map(conditions -> conditions.getOrDefault(name, NOT_SET))
                    .toList();
            if (new HashSet<>(values).size() > 1) {
                differences.add(new Difference(name, values));
            }
        }
        return differences;
    }

    /** Where the server listens is left out: it says nothing about it. */
    private static Map<String, String> conditions(LoadResult result) {
        Map<String, String> conditions = new LinkedHashMap<>();
        conditions.put("scenario", result.scenario());
        conditions.put("target", result.target());
        ReportPage.machineRows(result.machine()).forEach(row -> conditions.put("machine: " + row.get(0), row.get(1)));
        result.settings().forEach((key, value) -> conditions.put("setting: " + key, value));
        return conditions;
    }

    /** A, B, C: what a run is called where there is no room for its name. */
    static String letter(int run) {
        return String.valueOf((char) ('A' + run));
    }
}
