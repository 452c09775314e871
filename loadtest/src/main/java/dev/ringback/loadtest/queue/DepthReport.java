package dev.ringback.loadtest.queue;

import dev.ringback.loadtest.queue.DepthFigures.Held;
import dev.ringback.loadtest.queue.DepthFigures.Times;
import dev.ringback.loadtest.report.Columns;
import dev.ringback.loadtest.report.FiguresPage;
import dev.ringback.loadtest.report.JudgedReport;
import dev.ringback.loadtest.report.Unit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came of it.
 *
 * @param most how many times as long a lease may take in the deep queue as in the shallow one, by the medians
 * @param pairs of each store, its queue shallow and deep
 */
record DepthReport(double most, List<Pair> pairs) implements JudgedReport {
    private static final List<String> HEAD = List.of("", "waiting", "submit", "lease", "complete", "give back");
    private static final List<String> BYTES = List.of("bytes for each job that waits", "in all", "the queue's");
    private static final List<String> SCRIPTS = List.of("Redis, µs", "waiting", "add", "take", "end", "giveBack");

    /**
     * One store.
     *
     * @param before what it held before the jobs came that made its queue deep
     * @param after what it held right after
     */
    record Pair(DepthFigures shallow, DepthFigures deep, Held before, Held after) {
        String store() {
            return deep.store();
        }

        double bytesPerJob() {
            return perJob(after.bytes() - before.bytes());
        }

        /** -1 where it is not known. */
        double queueBytesPerJob() {
            return after.queueBytes() < 0 ? -1 : perJob(after.queueBytes() - before.queueBytes());
        }

        private double perJob(long bytes) {
            return (double) bytes / (deep.waiting() - shallow.waiting());
        }

        private double growth() {
            return p50(deep, "lease") / p50(shallow, "lease");
        }
    }

    private static double p50(DepthFigures figures, String what) {
        Times times = figures.micros().get(what);
        return times == null ? -1 : times.p50();
    }

    @Override
    public List<String> verdicts() {
        return pairs.stream()
                .filter(pair -> pair.growth() > most)
                .map(pair -> String.format(
                        Locale.ROOT,
                        "%s: a lease takes %.1f times as long where %,d wait as where %,d do",
                        pair.store(),
                        pair.growth(),
                        pair.deep().waiting(),
                        pair.shallow().waiting()))
                .toList();
    }

    private List<List<String>> times() {
        List<List<String>> rows = new ArrayList<>();
        for (DepthFigures figures : depths()) {
            rows.add(List.of(
                    figures.store(),
                    waiting(figures),
                    time(figures, "submit"),
                    time(figures, "lease"),
                    time(figures, "complete"),
                    time(figures, "give back")));
        }
        return rows;
    }

    private List<DepthFigures> depths() {
        List<DepthFigures> all = new ArrayList<>();
        pairs.forEach(pair -> all.addAll(List.of(pair.shallow(), pair.deep())));
        return all;
    }

    private static String waiting(DepthFigures figures) {
        return String.format(Locale.ROOT, "%,d", figures.waiting());
    }

    private static String time(DepthFigures figures, String what) {
        Times times = figures.micros().get(what);
        return times == null ? "" : String.format(Locale.ROOT, "%,.0f, %,.0f", times.p50(), times.p99());
    }

    private List<List<String>> bytes() {
        return pairs.stream()
                .map(pair -> List.of(
                        pair.store(),
                        Unit.COUNT.text(Math.rint(pair.bytesPerJob())),
                        Unit.COUNT.text(Math.rint(pair.queueBytesPerJob()))))
                .toList();
    }

    private List<List<String>> scripts() {
        List<List<String>> rows = new ArrayList<>();
        for (DepthFigures figures : depths()) {
            if (!figures.redisMicros().isEmpty()) {
                List<String> row = new ArrayList<>(List.of(figures.store(), waiting(figures)));
                SCRIPTS.subList(2, SCRIPTS.size())
                        .forEach(step ->
                                row.add(Unit.COUNT.text(figures.redisMicros().getOrDefault(step, -1.0))));
                rows.add(row);
            }
        }
        return rows;
    }

    @Override
    public String table() {
        String text = "µs over one connection, p50 and p99" + System.lineSeparator() + columns(HEAD, times())
                + columns(BYTES, bytes());
        return scripts().isEmpty() ? text : text + columns(SCRIPTS, scripts());
    }

    private static String columns(List<String> head, List<List<String>> rows) {
        Columns columns = new Columns(head);
        rows.forEach(columns::add);
        return columns.text();
    }

    @Override
    public Path write(Path directory) throws IOException {
        FiguresPage page = new FiguresPage("queues, by their depth", "one worker, one connection");
        if (verdicts().isEmpty()) {
            page.verdict(true, "A lease takes as long from a deep queue as from a shallow one");
        }
        verdicts().forEach(words -> page.verdict(false, words));
        return page.table("Requests over one connection, µs, p50 and p99", HEAD, times())
                .table("Memory", BYTES, bytes())
                .table("Steps on the queue in Redis, medians", SCRIPTS, scripts())
                .write(directory, this);
    }
}
