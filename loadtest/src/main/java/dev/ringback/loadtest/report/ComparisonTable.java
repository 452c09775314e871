package dev.ringback.loadtest.report;

import java.util.ArrayList;
import java.util.List;

/** Runs beside each other on a terminal, each of them as a letter; so many to a table as its width holds. */
final class ComparisonTable {
    private static final int OTHERS_PER_TABLE = 3;

    private final Comparison comparison;

    ComparisonTable(Comparison comparison) {
        this.comparison = comparison;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int run = 0; run < comparison.runs().size(); run++) {
            Columns.wrap(
                    text,
                    Comparison.letter(run) + " " + comparison.runs().get(run).name(),
                    "    ");
            Verdict.of(comparison.runs().get(run).result()).stream()
                    .filter(verdict -> !verdict.good())
                    .forEach(verdict -> Columns.wrap(text, "  " + verdict.mark() + " " + verdict.words(), "    "));
        }
        differences(text);
        for (int from = 1; from < comparison.runs().size(); from += OTHERS_PER_TABLE) {
            int to = Math.min(comparison.runs().size(), from + OTHERS_PER_TABLE);
            text.append(System.lineSeparator()).append(figures(from, to));
        }
        return text.toString();
    }

    /** Not a table, since values may be long. */
    private void differences(StringBuilder text) {
        List<Comparison.Difference> differences = comparison.differences();
        Columns.wrap(text, differences.isEmpty() ? "Settings and machine are the same." : "What differs:", "");
        for (Comparison.Difference difference : differences) {
            List<String> values = new ArrayList<>();
            for (int run = 0; run < difference.values().size(); run++) {
                values.add(Comparison.letter(run) + " " + difference.values().get(run));
            }
            Columns.wrap(text, "  * " + difference.name() + ": " + String.join(", ", values), "      ");
        }
    }

    private String figures(int from, int to) {
        List<String> head = new ArrayList<>(List.of("", Comparison.letter(0)));
        for (int run = from; run < to; run++) {
            head.add(Comparison.letter(run));
            head.add(Comparison.letter(run) + " : A");
        }
        Columns columns = new Columns(head);
        for (Comparison.Row row : comparison.rows()) {
            List<String> cells =
                    new ArrayList<>(List.of(row.name(), row.figures().get(0)));
            for (int run = from; run < to; run++) {
                cells.add(row.figures().get(run));
                cells.add(row.ratios().get(run - 1));
            }
            columns.add(cells);
        }
        return columns.text();
    }
}
