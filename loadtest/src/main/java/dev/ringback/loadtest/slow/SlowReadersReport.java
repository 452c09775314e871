package dev.ringback.loadtest.slow;

import dev.ringback.loadtest.crowd.CrowdFigures;
import dev.ringback.loadtest.crowd.Histograms;
import dev.ringback.loadtest.memory.Spread;
import dev.ringback.loadtest.report.FiguresPage;
import dev.ringback.loadtest.report.JudgedReport;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.run.Pairs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * What came of it.
 *
 * @param settings of the scenario with clients that do not read
 * @param most the ratio that is allowed
 * @param without a run of each round, without clients that do not read
 * @param with the other run of each round
 */
record SlowReadersReport(String server, Map<String, String> settings, double most, List<Run> without, List<Run> with)
        implements JudgedReport {
    private static final double MICRO_NANOS = 1_000;
    private static final List<String> HEAD =
            List.of("round", "p50 without", "p50 with", "p99 without", "p99 with", "p99 ratio");

    /**
     * One run, by those who read.
     *
     * @param slow by the gateway's metrics: how many streams it closed because nobody read them, and what it replaced
     * @param wrong what was lost, came twice or in disorder, and whatever else went wrong
     */
    record Run(long delivered, double p50Micros, double p99Micros, Map<String, Long> slow, List<String> wrong) {
        static Run of(LoadResult result, String metricsBefore, String metricsAfter) throws IOException {
            Histogram all = new Histogram(3);
            for (Map.Entry<String, Latency> latency :
                    result.latencyByTransport().entrySet()) {
                if (!latency.getKey().equals(CrowdFigures.CONNECTING)) {
                    all.add(Histograms.decode(latency.getValue().hlog()));
                }
            }
            return new Run(
                    all.getTotalCount(),
                    all.getValueAtPercentile(50) / MICRO_NANOS,
                    all.getValueAtPercentile(99) / MICRO_NANOS,
                    grown(metricsBefore, metricsAfter),
                    result.verdicts());
        }

        private static Map<String, Long> grown(String before, String after) {
            Map<String, Long> grown = slow(after);
            slow(before).forEach((sample, count) -> grown.merge(sample, -count, Long::sum));
            return grown;
        }

        /** Whatever the gateway counts of those who do not read, by whichever reasons it tells apart. */
        private static Map<String, Long> slow(String metrics) {
            return metrics.lines()
                    .filter(line -> line.startsWith("ringback_slow_") || line.startsWith("ringback_events_coalesced"))
                    .map(line -> line.split(" "))
                    .collect(Collectors.toMap(
                            parts -> parts[0], parts -> (long) Double.parseDouble(parts[1]), Long::sum, TreeMap::new));
        }

        /** How many streams were closed because nobody read them. */
        long closedSlow() {
            return slow.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith("ringback_slow_"))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    Spread ratio() {
        return new Pairs<>(without, with).ratio(Run::p99Micros);
    }

    /** What is wrong, one sentence each; empty where nothing is. */
    @Override
    public List<String> verdicts() {
        List<String> wrong = new ArrayList<>();
        Spread ratio = ratio();
        if (ratio.median() > most) {
            wrong.add(String.format(
                    Locale.ROOT, "p99 is %.2f times that without them; %.2f is allowed", ratio.median(), most));
        }
        for (int i = 0; i < with.size(); i++) {
            if (with.get(i).closedSlow() == 0) {
                wrong.add("round " + (i + 1) + ": nobody was closed for not reading, so nothing was shown");
            }
            if (without.get(i).closedSlow() > 0) {
                wrong.add("round " + (i + 1) + ": " + without.get(i).closedSlow() + " who read were closed as slow");
            }
            for (String words : with.get(i).wrong()) {
                wrong.add("round " + (i + 1) + ", with: " + words);
            }
            for (String words : without.get(i).wrong()) {
                wrong.add("round " + (i + 1) + ", without: " + words);
            }
        }
        return wrong;
    }

    private List<List<String>> rows() {
        return IntStream.range(0, with.size())
                .mapToObj(i -> List.of(
                        Integer.toString(i + 1),
                        micros(without.get(i).p50Micros()),
                        micros(with.get(i).p50Micros()),
                        micros(without.get(i).p99Micros()),
                        micros(with.get(i).p99Micros()),
                        String.format(
                                Locale.ROOT,
                                "%.2f",
                                with.get(i).p99Micros() / without.get(i).p99Micros())))
                .toList();
    }

    private static String micros(double micros) {
        return String.format(Locale.ROOT, "%,.0f µs", micros);
    }

    /** What the gateway counted in all runs with clients that do not read. */
    private Map<String, Long> slow() {
        Map<String, Long> sum = new TreeMap<>();
        with.forEach(run -> run.slow().forEach((sample, count) -> sum.merge(sample, count, Long::sum)));
        return sum;
    }

    private String summary() {
        Spread ratio = ratio();
        return String.format(
                Locale.ROOT,
                "p99 with those who do not read: %.2f times that without (%.2f – %.2f, %d rounds); %,d and %,d deliveries",
                ratio.median(),
                ratio.min(),
                ratio.max(),
                with.size(),
                without.stream().mapToLong(Run::delivered).sum(),
                with.stream().mapToLong(Run::delivered).sum());
    }

    @Override
    public String table() {
        StringBuilder text = new StringBuilder(server + System.lineSeparator());
        text.append(row(HEAD));
        rows().forEach(row -> text.append(row(row)));
        text.append(summary()).append(System.lineSeparator());
        slow().forEach((sample, count) -> text.append(String.format(Locale.ROOT, "%s %,d%n", sample, count)));
        return text.toString();
    }

    private static String row(List<String> cells) {
        return cells.stream().map(cell -> String.format("%13s", cell)).collect(Collectors.joining())
                + System.lineSeparator();
    }

    /** Returns the page's path. */
    @Override
    public Path write(Path directory) throws IOException {
        FiguresPage page = new FiguresPage("slow readers", server);
        List<String> wrong = verdicts();
        page.verdict(ratio().median() <= most, summary());
        wrong.forEach(words -> page.verdict(false, words));
        List<List<String>> counted = slow().entrySet().stream()
                .map(entry -> List.of(entry.getKey(), String.format(Locale.ROOT, "%,d", entry.getValue())))
                .toList();
        return page.table("Those who read", HEAD, rows())
                .table("What the gateway counted in the runs with those who do not", List.of("", "times"), counted)
                .table("Settings", List.of("key", "value"), keys())
                .write(directory, this);
    }

    private List<List<String>> keys() {
        return settings.entrySet().stream()
                .map(entry -> List.of(entry.getKey(), entry.getValue()))
                .toList();
    }
}
