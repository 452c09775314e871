package dev.ringback.loadtest.report;

import dev.ringback.loadtest.report.Metrics.Figure;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A result in words for the terminal: the verdicts, then the figures. */
final class ResultTable {
    private final LoadResult result;

    ResultTable(LoadResult result) {
        this.result = result;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        Columns.wrap(
                text,
                result.scenario() + " on " + result.target() + " at " + result.url() + ", "
                        + Unit.SECONDS.text(result.seconds()),
                "");
        Verdict.of(result).forEach(verdict -> Columns.wrap(text, verdict.mark() + " " + verdict.words(), "  "));
        text.append(latencies()).append(figures());
        return text.toString();
    }

    private String latencies() {
        if (result.latencyByTransport().isEmpty()) {
            return "";
        }
        Columns columns = new Columns(List.of("due → received", "count", "p50", "p90", "p99", "p99.9", "max"));
        result.latencyByTransport().forEach((transport, latency) -> columns.add(row(transport, latency)));
        return columns.text() + System.lineSeparator();
    }

    /** A transport's latencies as text, after its name and how many there are. */
    static List<String> row(String transport, Latency latency) {
        List<String> row = new ArrayList<>(List.of(transport, Unit.count(latency.count())));
        for (double micros :
                new double[] {latency.p50(), latency.p90(), latency.p99(), latency.p999(), latency.max()}) {
            row.add(latency.count() > 0 ? Unit.MICROSECONDS.text(micros) : Unit.UNKNOWN);
        }
        return row;
    }

    /** Two figures a line; the latencies have a table of their own. */
    private String figures() {
        List<Map.Entry<String, Figure>> figures = Metrics.of(result).entrySet().stream()
                .filter(entry -> !isLatency(entry.getKey()))
                .toList();
        int lines = (figures.size() + 1) / 2;
        Columns columns = new Columns(List.of("", "", "  ", ""));
        for (int i = 0; i < lines; i++) {
            Map.Entry<String, Figure> left = figures.get(i);
            List<String> row =
                    new ArrayList<>(List.of(left.getKey(), left.getValue().text()));
            if (i + lines < figures.size()) {
                Map.Entry<String, Figure> right = figures.get(i + lines);
                row.add("  " + right.getKey());
                row.add(right.getValue().text());
            }
            columns.add(row);
        }
        return columns.text();
    }

    private boolean isLatency(String name) {
        return result.latencyByTransport().keySet().stream().anyMatch(transport -> name.startsWith(transport + " "));
    }
}
