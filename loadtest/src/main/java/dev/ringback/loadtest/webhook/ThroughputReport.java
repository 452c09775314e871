package dev.ringback.loadtest.webhook;

import dev.ringback.loadtest.memory.Spread;
import dev.ringback.loadtest.report.Columns;
import dev.ringback.loadtest.report.FiguresPage;
import dev.ringback.loadtest.report.JudgedReport;
import dev.ringback.loadtest.report.Unit;
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
 * What came of it.
 *
 * @param rates of all rounds, in the order in which they were measured
 */
record ThroughputReport(ThroughputRun.Load load, List<Rate> rates) implements JudgedReport {
    private static final List<String> HEAD =
            List.of("", "deliveries/s", "of floor", "CPU each", "CPU", "Redis", "sink", "generator", "connects");
    private static final double FULL_PERCENT = 90;

    /**
     * What one sender did, in percent of one core where nothing else is said.
     *
     * @param name {@code floor}, or the store of the gateway
     * @param threads the sender's, by their names
     * @param scripts that Redis ran, for each delivery
     * @param commands that Redis ran, those of scripts included, for each delivery
     * @param connections that were opened, for each delivery
     * @param repeats deliveries that came again
     * @param wrong requests that nobody expected
     */
    record Rate(
            String name,
            double deliveriesPerSecond,
            double microsPerDelivery,
            double cpuPercent,
            Map<String, Double> threads,
            double sinkCpuPercent,
            double generatorCpuPercent,
            double redisCpuPercent,
            double scripts,
            double commands,
            double connections,
            long repeats,
            long wrong) {}

    /** By name, in the order in which they came first. */
    private Map<String, List<Rate>> byName() {
        Map<String, List<Rate>> byName = new LinkedHashMap<>();
        rates.forEach(rate ->
                byName.computeIfAbsent(rate.name(), unused -> new ArrayList<>()).add(rate));
        return byName;
    }

    private static double median(List<Rate> rates, ToDoubleFunction<Rate> figure) {
        return spread(rates, figure).median();
    }

    private static Spread spread(List<Rate> rates, ToDoubleFunction<Rate> figure) {
        return Spread.of(rates.stream().map(figure::applyAsDouble).toList());
    }

    /** What is wrong, one sentence each; empty where nothing is. */
    @Override
    public List<String> verdicts() {
        List<String> wrong = new ArrayList<>();
        for (Rate rate : rates) {
            if (rate.deliveriesPerSecond() <= 0) {
                wrong.add(rate.name() + ": nothing was delivered");
            }
            if (rate.wrong() > 0) {
                wrong.add(
                        String.format(Locale.ROOT, "%s: %,d requests that nobody expected", rate.name(), rate.wrong()));
            }
        }
        return wrong;
    }

    /** For each sender, what has no more to give. */
    List<String> findings() {
        List<String> findings = new ArrayList<>();
        byName().forEach((name, all) -> findings.add(name + ": " + String.join(", ", full(all))));
        return findings;
    }

    private static List<String> full(List<Rate> all) {
        List<String> words = new ArrayList<>();
        addFull(words, "the sink", median(all, Rate::sinkCpuPercent));
        addFull(words, "Redis", median(all, Rate::redisCpuPercent));
        addFull(words, "the sender's processor", median(all, Rate::cpuPercent));
        if (words.isEmpty()) {
            words.add("nothing is full");
        }
        Map<String, Double> threads = new TreeMap<>();
        all.forEach(rate ->
                rate.threads().forEach((thread, cpu) -> threads.merge(thread, cpu / all.size(), Double::sum)));
        threads.forEach((thread, cpu) -> {
            if (cpu >= 1) {
                words.add(String.format(Locale.ROOT, "%s %.0f %%", thread, cpu));
            }
        });
        if (median(all, Rate::commands) > 0) {
            words.add(String.format(
                    Locale.ROOT,
                    "%.2f scripts and %.1f commands of Redis a delivery",
                    median(all, Rate::scripts),
                    median(all, Rate::commands)));
        }
        return words;
    }

    private static void addFull(List<String> words, String what, double percent) {
        if (percent >= FULL_PERCENT) {
            words.add(what + " is full");
        }
    }

    private List<List<String>> rows() {
        Map<String, List<Rate>> byName = byName();
        double floor = median(byName.getOrDefault("floor", rates), Rate::deliveriesPerSecond);
        List<List<String>> rows = new ArrayList<>();
        byName.forEach((name, all) -> rows.add(List.of(
                name,
                spread(all, Rate::deliveriesPerSecond).toString(),
                String.format(Locale.ROOT, "%.2f", median(all, Rate::deliveriesPerSecond) / floor),
                Unit.MICROSECONDS.text(median(all, Rate::microsPerDelivery)),
                percent(median(all, Rate::cpuPercent)),
                percent(median(all, Rate::redisCpuPercent)),
                percent(median(all, Rate::sinkCpuPercent)),
                percent(median(all, Rate::generatorCpuPercent)),
                String.format(Locale.ROOT, "%.2f", median(all, Rate::connections)))));
        return rows;
    }

    private static String percent(double percent) {
        return String.format(Locale.ROOT, "%.0f %%", percent);
    }

    @Override
    public String table() {
        Columns columns = new Columns(HEAD);
        rows().forEach(columns::add);
        StringBuilder text = new StringBuilder(columns.text());
        findings().forEach(words -> text.append(words).append(System.lineSeparator()));
        return text.toString();
    }

    /** Returns the page's path. */
    @Override
    public Path write(Path directory) throws IOException {
        FiguresPage page = new FiguresPage("webhooks, as many as possible", load.toString());
        if (verdicts().isEmpty()) {
            page.verdict(true, "Everything that came was expected");
        }
        verdicts().forEach(words -> page.verdict(false, words));
        return page.table("Deliveries; connects are new connections for each", HEAD, rows())
                .table(
                        "What is full",
                        List.of(""),
                        findings().stream().map(List::of).toList())
                .write(directory, this);
    }
}
