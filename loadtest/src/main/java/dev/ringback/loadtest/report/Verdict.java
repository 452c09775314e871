package dev.ringback.loadtest.report;

import dev.ringback.loadtest.result.Counts;
import dev.ringback.loadtest.result.Generator;
import dev.ringback.loadtest.result.LoadResult;
import java.util.ArrayList;
import java.util.List;

/**
 * What a reader has to know before any figure.
 *
 * @param good whether the words are good news
 */
record Verdict(boolean good, String words) {
    /** Of a run: what became of its deliveries, whether the figures are the server's, and what the run itself complains of. */
    static List<Verdict> of(LoadResult result) {
        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(deliveries(result.counts()));
        verdicts.add(generator(result.generator()));
        result.verdicts().forEach(words -> verdicts.add(new Verdict(false, words)));
        return verdicts;
    }

    private static Verdict deliveries(Counts counts) {
        if (!counts.isClean()) {
            List<String> faults = new ArrayList<>();
            add(faults, counts.lost(), "lost");
            add(faults, counts.duplicated(), "duplicated");
            add(faults, counts.outOfOrder(), "out of order");
            add(faults, counts.afterTerminal(), "after the job's end");
            return new Verdict(false, "Not clean: " + String.join(", ", faults));
        }
        if (counts.expected() == 0) {
            return new Verdict(true, "No delivery was expected, so none could be lost");
        }
        return new Verdict(
                true, "Clean: all " + Unit.count(counts.expected()) + " deliveries came once and in order, none lost");
    }

    private static void add(List<String> faults, long count, String name) {
        if (count != 0) {
            faults.add(Unit.count(count) + " " + name);
        }
    }

    private static Verdict generator(Generator generator) {
        String reason = generator.words().isBlank() ? "" : ": " + generator.words();
        return generator.isLimit()
                ? new Verdict(false, "The generator may have been the limit, not the server" + reason)
                : new Verdict(true, "The generator was not the limit" + reason);
    }

    /** A mark that needs no colour. */
    String mark() {
        return good ? "✓" : "✗";
    }
}
