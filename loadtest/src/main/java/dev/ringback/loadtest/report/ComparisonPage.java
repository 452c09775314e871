package dev.ringback.loadtest.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs beside each other on a page: their verdicts, what differs, all figures with ratios, and their percentiles in one plot. */
final class ComparisonPage {
    private final Comparison comparison;

    ComparisonPage(Comparison comparison) {
        this.comparison = comparison;
    }

    String html() throws IOException {
        Page page = new Page("Ringback load: " + comparison.runs().size() + " runs compared");
        Markup body = page.body();
        header(body);
        body.open("main");
        differences(body);
        percentiles(body);
        figures(body);
        body.close("main");
        return page.html();
    }

    private void header(Markup body) {
        body.open("header").element("h1", "Load: runs compared");
        body.element("p", "Ratios are to the first run, A.");
        for (int run = 0; run < comparison.runs().size(); run++) {
            Comparison.Run each = comparison.runs().get(run);
            body.element("h3", Comparison.letter(run) + " " + each.name());
            body.open("ul", "class", "verdicts");
            for (Verdict verdict : Verdict.of(each.result())) {
                body.element("li", verdict.mark() + " " + verdict.words(), "class", verdict.good() ? "good" : "bad");
            }
            body.close("ul");
        }
        body.close("header");
    }

    private void differences(Markup body) {
        body.open("section").element("h2", "What differs in settings and machine");
        List<List<String>> rows = new ArrayList<>();
        for (Comparison.Difference difference : comparison.differences()) {
            List<String> row = new ArrayList<>(List.of(difference.name()));
            row.addAll(difference.values());
            rows.add(row);
        }
        if (rows.isEmpty()) {
            body.element("p", "Nothing: settings and machine are the same.");
        } else {
            body.table("Differences", letters(""), rows);
        }
        body.close("section");
    }

    private List<String> letters(String first) {
        List<String> head = new ArrayList<>(List.of(first));
        for (int run = 0; run < comparison.runs().size(); run++) {
            head.add(Comparison.letter(run));
        }
        return head;
    }

    /** A plot for each transport, a line for each run. */
    private void percentiles(Markup body) throws IOException {
        body.open("section").element("h2", "Latency percentiles").open("div", "class", "plots");
        Set<String> transports = new LinkedHashSet<>();
        List<Map<String, Recording>> recordings = new ArrayList<>();
        for (Comparison.Run run : comparison.runs()) {
            recordings.add(Reports.recordings(run.result()));
            transports.addAll(run.result().latencyByTransport().keySet());
        }
        int plot = 0;
        for (String transport : transports) {
            List<Line> lines = new ArrayList<>();
            long most = 0;
            for (int run = 0; run < recordings.size(); run++) {
                Recording recording = recordings.get(run).get(transport);
                lines.add(new Line(Comparison.letter(run), recording == null ? List.of() : recording.percentiles()));
                most = Math.max(most, recording == null ? 0 : recording.count());
            }
            Plot.ofPercentiles("percentiles-" + plot++, transport, lines, most).draw(body, List.of(), List.of());
        }
        body.close("div").close("section");
    }

    private void figures(Markup body) {
        List<String> head = new ArrayList<>(List.of("", "A"));
        for (int run = 1; run < comparison.runs().size(); run++) {
            head.add(Comparison.letter(run));
            head.add(Comparison.letter(run) + " : A");
        }
        List<List<String>> rows = new ArrayList<>();
        for (Comparison.Row row : comparison.rows()) {
            List<String> cells =
                    new ArrayList<>(List.of(row.name(), row.figures().get(0)));
            for (int run = 1; run < row.figures().size(); run++) {
                cells.add(row.figures().get(run));
                cells.add(row.ratios().get(run - 1));
            }
            rows.add(cells);
        }
        body.open("section").element("h2", "Figures");
        body.table("All figures and their ratios to the first run", head, rows);
        body.close("section");
    }
}
