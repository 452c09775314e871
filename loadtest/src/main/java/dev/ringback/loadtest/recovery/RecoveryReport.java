package dev.ringback.loadtest.recovery;

import dev.ringback.loadtest.recovery.Recovery.Memory;
import dev.ringback.loadtest.recovery.Recovery.Moment;
import dev.ringback.loadtest.report.FiguresPage;
import dev.ringback.loadtest.report.JudgedReport;
import dev.ringback.loadtest.report.Line;
import dev.ringback.loadtest.report.Line.Point;
import dev.ringback.loadtest.report.Unit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * The recoveries of all cases.
 *
 * @param heap the gateway's fixed heap, as the JVM takes it
 */
record RecoveryReport(String heap, List<Recovery> recoveries) implements JudgedReport {
    private static final double MIB = 1024.0 * 1024;
    private static final List<String> HEAD = List.of(
            "case",
            "ready",
            "50 %",
            "99 %",
            "100 %",
            "heap, most",
            "heap after GC",
            "direct, most",
            "RSS, most",
            "lost");

    /** What is wrong, one sentence each; empty where nothing is. */
    @Override
    public List<String> verdicts() {
        return recoveries.stream()
                .filter(recovery -> !recovery.isWhole())
                .map(recovery -> recovery.words() + ": "
                        + (recovery.lost() > 0
                                ? recovery.lost() + " ends were not heard"
                                : "not everyone came back in time"))
                .toList();
    }

    private List<List<String>> rows() {
        return recoveries.stream()
                .map(r -> List.of(
                        r.words(),
                        r.readySeconds() > 0 ? seconds(r.readySeconds()) : "–",
                        seconds(r.secondsUntil(50)),
                        seconds(r.secondsUntil(99)),
                        seconds(r.secondsUntil(100)),
                        mib(r.mostHeap()),
                        mib(r.heapAfterGcBytes()),
                        mib(r.mostDirect()),
                        mib(r.mostResident()),
                        Long.toString(r.lost())))
                .toList();
    }

    private static String seconds(double seconds) {
        return seconds == Recovery.NEVER ? "never" : String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private static String mib(long bytes) {
        return bytes < 0 ? "–" : String.format(Locale.ROOT, "%.0f MiB", bytes / MIB);
    }

    @Override
    public String table() {
        StringBuilder text = new StringBuilder();
        List<List<String>> rows = rows();
        for (int i = 0; i < rows.size(); i++) {
            text.append(rows.get(i).get(0)).append(System.lineSeparator());
            for (int column = 1; column < HEAD.size(); column++) {
                text.append("  ")
                        .append(HEAD.get(column))
                        .append(' ')
                        .append(rows.get(i).get(column));
            }
            text.append(System.lineSeparator());
            recoveries
                    .get(i)
                    .complaints()
                    .forEach((what, times) -> text.append(String.format(Locale.ROOT, "  %,d × %s%n", times, what)));
        }
        return text.toString();
    }

    /** Returns the page's path. */
    @Override
    public Path write(Path directory) throws IOException {
        int clients = recoveries.get(0).clients();
        FiguresPage page = new FiguresPage(
                "recovery",
                String.format(
                        Locale.ROOT,
                        "%,d clients lose their connection at the same moment; heap fixed at %s",
                        clients,
                        heap));
        List<String> wrong = verdicts();
        if (wrong.isEmpty()) {
            page.verdict(true, "Everyone came back in every case, and heard the end");
        }
        wrong.forEach(words -> page.verdict(false, words));
        for (Recovery recovery : recoveries) {
            page.plot(
                    "clients-" + recovery.id(),
                    "Back: " + recovery.words(),
                    "Clients that are connected, and those that have had their first answer, each 100 ms from the loss on.",
                    Unit.COUNT,
                    List.of(
                            clients("first answer", recovery, Moment::answered),
                            clients("connected", recovery, Moment::connected)));
            page.plot(
                    "memory-" + recovery.id(),
                    "Memory: " + recovery.words(),
                    "The gateway's heap in use, garbage included, and its direct memory, from the loss on until the jobs have ended.",
                    Unit.BYTES,
                    List.of(
                            memory("heap", recovery, Memory::heapBytes),
                            memory("direct", recovery, Memory::directBytes)));
        }
        return page.table("Time from the loss until so many were back, and the gateway's memory", HEAD, rows())
                .write(directory, this);
    }

    private static Line clients(String name, Recovery recovery, ToLongFunction<Moment> figure) {
        return new Line(
                name,
                recovery.moments().stream()
                        .map(moment -> new Point(moment.atSeconds(), figure.applyAsLong(moment)))
                        .toList());
    }

    private static Line memory(String name, Recovery recovery, ToLongFunction<Memory> figure) {
        return new Line(
                name,
                recovery.memories().stream()
                        .map(memory -> new Point(memory.atSeconds(), figure.applyAsLong(memory)))
                        .toList());
    }
}
