package dev.ringback.loadtest.report;

import java.util.ArrayList;
import java.util.List;

/** A table of text for a terminal of {@value #WIDTH} columns: names to the left, figures to the right. */
public final class Columns {
    static final int WIDTH = 100;

    private static final String GAP = "  ";
    private static final String CUT = "…";

    private final List<List<String>> rows = new ArrayList<>();

    /** A head of blanks only is not written. */
    public Columns(List<String> head) {
        rows.add(head);
    }

    /** Adds a row, which may be shorter than the head. */
    public void add(List<String> row) {
        rows.add(row);
    }

    public String text() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        fit(widths);
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            String line = line(row, widths);
            if (!line.isEmpty()) {
                text.append(line).append(System.lineSeparator());
            }
        }
        return text.toString();
    }

    /** What does not fit is taken from the widest columns. */
    private static void fit(int[] widths) {
        int over = GAP.length() * (widths.length - 1) - WIDTH;
        int widest = 0;
        for (int i = 0; i < widths.length; i++) {
            over += widths[i];
            widest = widths[i] > widths[widest] ? i : widest;
        }
        while (over > 0 && widths[widest] > 1) {
            widths[widest]--;
            over--;
            for (int i = 0; i < widths.length; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
        }
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String cell = cut(row.get(i), widths[i]);
            String blanks = " ".repeat(Math.max(0, widths[i] - length(cell)));
            boolean left = i == 0 || cell.startsWith(" ");
            line.append(i == 0 ? "" : GAP).append(left ? cell + blanks : blanks + cell);
        }
        return line.toString().stripTrailing();
    }

    private static String cut(String cell, int width) {
        String plain = cell.replaceAll("\\p{Cntrl}", " ");
        return length(plain) <= width ? plain : plain.substring(0, plain.offsetByCodePoints(0, width - 1)) + CUT;
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    /** Appends a sentence, broken at its blanks, with further lines indented; blanks before it stay. */
    static void wrap(StringBuilder out, String sentence, String indent) {
        String plain = sentence.replaceAll("\\p{Cntrl}", " ");
        StringBuilder line = new StringBuilder(
                " ".repeat(plain.length() - plain.stripLeading().length()));
        boolean begun = false;
        for (String word : plain.strip().split(" +", -1)) {
            if (begun && line.length() + 1 + word.length() > WIDTH) {
                out.append(line).append(System.lineSeparator());
                line = new StringBuilder(indent);
                begun = false;
            }
            line.append(begun ? " " : "").append(word);
            begun = true;
        }
        out.append(line).append(System.lineSeparator());
    }
}
