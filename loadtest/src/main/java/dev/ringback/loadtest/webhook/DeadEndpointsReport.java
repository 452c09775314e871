package dev.ringback.loadtest.webhook;

import dev.ringback.loadtest.memory.Spread;
import dev.ringback.loadtest.report.Columns;
import dev.ringback.loadtest.report.FiguresPage;
import dev.ringback.loadtest.report.JudgedReport;
import dev.ringback.loadtest.report.Unit;
import dev.ringback.loadtest.run.Pairs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What came of it.
 *
 * @param store of the gateways
 * @param most the ratio that is allowed
 * @param runs of each round, without and with the dead
 */
record DeadEndpointsReport(String server, String store, DeadEndpointsRun.Load load, double most, Pairs<Run> runs)
        implements JudgedReport {
    private static final double MOST_LATE_SHARE = 2;
    private static final List<String> HEAD =
            List.of("round", "p50", "with", "p99", "with", "ratio", "worst p99", "with", "late p99", "with");

    /**
     * One run; times are those of the endpoints that answer in both runs of a round, from the moment at which an event was due.
     *
     * @param expected deliveries to those endpoints
     * @param delivered of them, each once
     * @param missing deliveries, to any endpoint that answers
     * @param repeats deliveries that came again
     * @param wrong requests that nobody expected
     * @param worstP99Micros the p99 of the endpoint that has the greatest
     * @param lateP99Micros how late the generator sent the events
     * @param ignored reads by the endpoints that never answer
     * @param circuitsOpened by the gateway's count
     */
    record Run(
            long expected,
            long delivered,
            long missing,
            long repeats,
            long wrong,
            double p50Micros,
            double p99Micros,
            double worstP99Micros,
            double lateP99Micros,
            long ignored,
            long circuitsOpened) {
        void judge(String name, boolean dead, List<String> complaints) {
            if (missing != 0) {
                complaints.add(String.format(
                        Locale.ROOT, "%s: %,d deliveries to endpoints that answer are missing", name, missing));
            }
            if (wrong != 0) {
                complaints.add(String.format(Locale.ROOT, "%s: %,d requests that nobody expected", name, wrong));
            }
            if (dead && (ignored == 0 || circuitsOpened == 0)) {
                complaints.add(name + ": the dead were not called, or no circuit opened, so nothing was shown");
            }
            if (!dead && circuitsOpened != 0) {
                complaints.add(name + ": " + circuitsOpened + " circuits opened, and everyone answers");
            }
        }
    }

    Spread ratio() {
        return runs.ratio(Run::p99Micros);
    }

    /** What is wrong, one sentence each; empty where nothing is. */
    @Override
    public List<String> verdicts() {
        List<String> complaints = new ArrayList<>();
        if (ratio().median() > most) {
            complaints.add(String.format(
                    Locale.ROOT, "p99 is %.2f times that without the dead; %.2f is allowed", ratio().median(), most));
        }
        for (int i = 0; i < runs.with().size(); i++) {
            runs.without().get(i).judge("round " + (i + 1) + ", without", false, complaints);
            runs.with().get(i).judge("round " + (i + 1) + ", with", true, complaints);
        }
        return complaints;
    }

    String summary() {
        Spread ratio = ratio();
        return String.format(
                Locale.ROOT,
                "p99 of the %d that answer, with %d that do not: %.2f times that without (%.2f – %.2f, %d rounds); %,d and %,d"
                        + " deliveries at %,d/s, %,d of them repeated",
                DeadEndpointsRun.HEALTHY,
                DeadEndpointsRun.DEAD,
                ratio.median(),
                ratio.min(),
                ratio.max(),
                runs.with().size(),
                runs.without().stream().mapToLong(Run::delivered).sum(),
                runs.with().stream().mapToLong(Run::delivered).sum(),
                load.perSecond(),
                runs.without().stream().mapToLong(Run::repeats).sum()
                        + runs.with().stream().mapToLong(Run::repeats).sum());
    }

    /** What one should know of the figures; no fault of the gateway. */
    private List<String> reservations() {
        double late = median(Run::lateP99Micros);
        double p99 = median(Run::p99Micros);
        return late * MOST_LATE_SHARE < p99
                ? List.of()
                : List.of(String.format(
                        Locale.ROOT,
                        "Half or more of p99 may be the generator's: it sent events %s late, and p99 is %s",
                        Unit.MICROSECONDS.text(late),
                        Unit.MICROSECONDS.text(p99)));
    }

    private double median(ToDoubleFunction<Run> figure) {
        return Spread.of(Stream.concat(runs.without().stream(), runs.with().stream())
                        .map(figure::applyAsDouble)
                        .toList())
                .median();
    }

    private List<List<String>> rows() {
        return IntStream.range(0, runs.with().size()).mapToObj(this::row).toList();
    }

    private List<String> row(int round) {
        Run without = runs.without().get(round);
        Run with = runs.with().get(round);
        return List.of(
                Integer.toString(round + 1),
                Unit.MICROSECONDS.text(without.p50Micros()),
                Unit.MICROSECONDS.text(with.p50Micros()),
                Unit.MICROSECONDS.text(without.p99Micros()),
                Unit.MICROSECONDS.text(with.p99Micros()),
                String.format(Locale.ROOT, "%.2f", with.p99Micros() / without.p99Micros()),
                Unit.MICROSECONDS.text(without.worstP99Micros()),
                Unit.MICROSECONDS.text(with.worstP99Micros()),
                Unit.MICROSECONDS.text(without.lateP99Micros()),
                Unit.MICROSECONDS.text(with.lateP99Micros()));
    }

    @Override
    public String table() {
        Columns columns = new Columns(HEAD);
        rows().forEach(columns::add);
        StringBuilder text = new StringBuilder(server + ", store " + store + System.lineSeparator());
        text.append(columns.text()).append(summary()).append(System.lineSeparator());
        reservations().forEach(words -> text.append(words).append(System.lineSeparator()));
        return text.toString();
    }

    /** Returns the page's path. */
    @Override
    public Path write(Path directory) throws IOException {
        FiguresPage page = new FiguresPage("webhooks, some endpoints dead", server + ", store " + store);
        page.verdict(ratio().median() <= most, summary());
        verdicts().forEach(words -> page.verdict(false, words));
        reservations().forEach(words -> page.verdict(false, words));
        return page.table(
                        "Those that answer, without the dead and with them; the worst endpoint's p99; how late events were sent",
                        HEAD,
                        rows())
                .write(directory, this);
    }
}
