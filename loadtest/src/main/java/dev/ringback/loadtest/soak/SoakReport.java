package dev.ringback.loadtest.soak;

import dev.ringback.loadtest.report.FiguresPage;
import dev.ringback.loadtest.report.JudgedReport;
import dev.ringback.loadtest.report.Line;
import dev.ringback.loadtest.report.Line.Point;
import dev.ringback.loadtest.report.Unit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What came of a soak.
 *
 * @param store of the gateway
 * @param holdings after each round, the first one after the warm-up
 * @param visits by what was done
 * @param complaints what servers answered that they should not have
 * @param rounds what the well-behaved clients of each round found wrong, empty where nothing was
 */
record SoakReport(
        String server,
        String store,
        List<Holding> holdings,
        Map<String, Long> visits,
        Map<String, Integer> complaints,
        List<List<String>> rounds)
        implements JudgedReport {
    private static final double MIB = 1024.0 * 1024;
    /**
     * Everything that a visit leaves behind is an object of at least 16 bytes, and a connection's parts are 700 and more: one visit
     * in a hundred that leaves them is beyond this after 300,000 visits. What a JVM collects by itself in the same time (classes
     * and compiled lambdas that are used for the first time, tables that have grown to the highest number of connections, buffers of
     * threads) came to less than a fifth of it, and does not go on.
     */
    static final long HEAP_BOUND = 2 * 1024 * 1024;
    /**
     * Netty's allocator keeps chunks for the next buffers, of 128 KiB to 8 MiB, a few for each event loop, and how many depends on the
     * most that were in use at one moment, which is not the same in each round. A leak goes on beyond any bound.
     */
    static final long DIRECT_BOUND = 16 * 1024 * 1024;

    private Holding first() {
        return holdings.get(0);
    }

    private Holding last() {
        return holdings.get(holdings.size() - 1);
    }

    /** What is wrong, one sentence each; empty where nothing is. */
    @Override
    public List<String> verdicts() {
        List<String> wrong = new ArrayList<>();
        last().counts().forEach((name, count) -> {
            long before = first().counts().getOrDefault(name, 0L);
            if (count != before) {
                wrong.add(String.format(Locale.ROOT, "%s: %,d at the end, %,d at the start", name, count, before));
            }
        });
        bound(wrong, "heap after full collections", Holding::heapBytes, HEAP_BOUND);
        bound(wrong, "direct memory", Holding::directBytes, DIRECT_BOUND);
        for (int i = 0; i < rounds.size(); i++) {
            for (String found : rounds.get(i)) {
                wrong.add("well-behaved clients, round " + i + ": " + found);
            }
        }
        complaints.forEach((what, times) -> wrong.add(String.format(Locale.ROOT, "%,d × %s", times, what)));
        return wrong;
    }

    private void bound(List<String> wrong, String what, ToLongFunction<Holding> figure, long bound) {
        long start = figure.applyAsLong(first());
        long end = figure.applyAsLong(last());
        if (end - start > bound) {
            wrong.add(String.format(
                    Locale.ROOT,
                    "%s: %.2f MiB at the end, %.2f MiB at the start; at most %.0f MiB more are allowed",
                    what,
                    end / MIB,
                    start / MIB,
                    bound / MIB));
        }
    }

    /** By how much a figure grows with each connection that came, by least squares over all rounds. */
    double slopePerConnection(ToLongFunction<Holding> figure) {
        double meanX =
                holdings.stream().mapToLong(Holding::connections).average().orElse(0);
        double meanY = holdings.stream().mapToLong(figure).average().orElse(0);
        double over = 0;
        double under = 0;
        for (Holding holding : holdings) {
            double x = holding.connections() - meanX;
            over += x * (figure.applyAsLong(holding) - meanY);
            under += x * x;
        }
        return under == 0 ? 0 : over / under;
    }

    @Override
    public String conclusion() {
        return verdicts().isEmpty() ? "everything returned to its start value" : "not clean";
    }

    @Override
    public String table() {
        StringBuilder text = new StringBuilder(server + ", store " + store + System.lineSeparator());
        text.append(String.format(
                "%6s %9s %11s %10s %10s %10s  %s%n",
                "s", "visits", "connections", "heap MiB", "direct MiB", "RSS MiB", "counts that are not 0"));
        for (Holding h : holdings) {
            text.append(String.format(
                    Locale.ROOT,
                    "%6.0f %,9d %,11d %10.2f %10.2f %10.0f  %s%n",
                    h.atSeconds(),
                    h.visits(),
                    h.connections(),
                    h.heapBytes() / MIB,
                    h.directBytes() / MIB,
                    h.residentBytes() / MIB,
                    present(h)));
        }
        text.append(String.format(
                Locale.ROOT,
                "per connection that came: %.2f B of heap, %.2f B of direct memory%n",
                slopePerConnection(Holding::heapBytes),
                slopePerConnection(Holding::directBytes)));
        visits.forEach((visit, times) -> text.append(String.format(Locale.ROOT, "%,9d %s%n", times, visit)));
        return text.toString();
    }

    private static String present(Holding holding) {
        return String.join(
                ", ",
                holding.counts().entrySet().stream()
                        .filter(count -> count.getValue() != 0)
                        .map(count -> count.getValue() + " " + count.getKey())
                        .toList());
    }

    /** Returns the page's path. */
    @Override
    public Path write(Path directory) throws IOException {
        FiguresPage page = new FiguresPage("soak", server + ", store " + store);
        List<String> wrong = verdicts();
        if (wrong.isEmpty()) {
            page.verdict(true, "Everything returned to its start value, and every answer was right");
        }
        wrong.forEach(words -> page.verdict(false, words));
        page.plot(
                "memory",
                "Memory after full collections",
                "What the gateway holds after each round, when nobody is there.",
                Unit.BYTES,
                List.of(line("heap", Holding::heapBytes), line("direct", Holding::directBytes)));
        page.plot(
                "counts",
                "Counts",
                "What the gateway holds open after each round, when nobody is there.",
                Unit.COUNT,
                first().counts().keySet().stream()
                        .map(name -> line(name, h -> h.counts().getOrDefault(name, 0L)))
                        .toList());
        List<List<String>> rows = visits.entrySet().stream()
                .map(visit -> List.of(visit.getKey(), String.format(Locale.ROOT, "%,d", visit.getValue())))
                .toList();
        return page.table("Visits", List.of("", "times"), rows).write(directory, this);
    }

    private Line line(String name, ToLongFunction<Holding> figure) {
        return new Line(
                name,
                holdings.stream()
                        .map(h -> new Point(h.atSeconds(), figure.applyAsLong(h)))
                        .toList());
    }
}
