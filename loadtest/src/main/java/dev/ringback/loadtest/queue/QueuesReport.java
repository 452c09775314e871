package dev.ringback.loadtest.queue;

import dev.ringback.loadtest.memory.Spread;
import dev.ringback.loadtest.queue.QueueRound.Leg;
import dev.ringback.loadtest.queue.Trips.Stop;
import dev.ringback.loadtest.report.Columns;
import dev.ringback.loadtest.report.FiguresPage;
import dev.ringback.loadtest.report.JudgedReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What came of it: medians of the rounds, least and greatest in brackets.
 *
 * @param rounds of all contenders, in the order in which they were run
 */
record QueuesReport(QueueLoad load, List<QueueRound> rounds) implements JudgedReport {
    private static final List<String> LEGS = List.of("µs", "", "p50", "p99");
    private static final List<String> COSTS = List.of("CPU for each job, µs", "");

    private Map<String, List<QueueRound>> byName() {
        Map<String, List<QueueRound>> byName = new LinkedHashMap<>();
        rounds.forEach(round ->
                byName.computeIfAbsent(round.name(), name -> new ArrayList<>()).add(round));
        return byName;
    }

    @Override
    public List<String> verdicts() {
        List<String> wrong = new ArrayList<>();
        for (QueueRound round : rounds) {
            round.faults().forEach(fault -> wrong.add(round.name() + ": " + fault));
        }
        return wrong;
    }

    private List<List<String>> legs() {
        List<List<String>> rows = new ArrayList<>();
        for (Stop stop : Stop.values()) {
            byName().forEach((name, all) ->
                    rows.add(List.of(stop.words(), name, spread(all, stop, Leg::p50), spread(all, stop, Leg::p99))));
        }
        return rows;
    }

    private static String spread(List<QueueRound> all, Stop stop, ToDoubleFunction<Leg> figure) {
        return Spread.of(all.stream()
                        .map(round -> figure.applyAsDouble(round.leg(stop)))
                        .toList())
                .toString();
    }

    private List<List<String>> costs() {
        List<List<String>> rows = new ArrayList<>();
        byName().forEach((name, all) -> rows.add(List.of(name, cost(all))));
        return rows;
    }

    private static String cost(List<QueueRound> all) {
        Map<String, List<Double>> micros = new TreeMap<>();
        all.forEach(round -> round.cpuMicros()
                .forEach((what, each) ->
                        micros.computeIfAbsent(what, name -> new ArrayList<>()).add(each)));
        List<String> words = new ArrayList<>();
        micros.forEach((what, each) -> words.add(
                String.format(Locale.ROOT, "%s %.0f", what, Spread.of(each).median())));
        double scripts =
                Spread.of(all.stream().map(QueueRound::scripts).toList()).median();
        return String.join(", ", words) + String.format(Locale.ROOT, "; %.1f scripts of Redis", scripts);
    }

    @Override
    public String table() {
        Columns legs = new Columns(LEGS);
        legs().forEach(legs::add);
        Columns costs = new Columns(COSTS);
        costs().forEach(costs::add);
        return legs.text() + costs.text();
    }

    @Override
    public String conclusion() {
        return verdicts().isEmpty() ? "every job was done once and its client told once" : "";
    }

    @Override
    public Path write(Path directory) throws IOException {
        FiguresPage page = new FiguresPage("queues", load.toString());
        if (verdicts().isEmpty()) {
            page.verdict(true, "Every job was done once and its client told once");
        }
        verdicts().forEach(words -> page.verdict(false, words));
        return page.table("Time from when a job's submission was due", LEGS, legs())
                .table("What it costs", COSTS, costs())
                .write(directory, this);
    }
}
