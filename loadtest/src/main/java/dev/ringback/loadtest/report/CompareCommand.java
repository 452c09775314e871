package dev.ringback.loadtest.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts the results of several runs side by side. */
@Command(
        name = "compare",
        description =
                "Puts results side by side, with ratios to the first, and says what differs in settings and machine.",
        mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
    /** As many as there are letters. */
    private static final int MAX_RUNS = 26;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(
            paramLabel = "RESULT",
            arity = "2..*",
            description =
                    "The result.json of a run, or the directory that it lies in; the first is what ratios are to.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--html", paramLabel = "FILE", description = "Also write the comparison to this file, as a page.")
    private @Nullable Path html;

    @Override
    public Integer call() throws IOException {
        if (files.size() > MAX_RUNS) {
            throw new ParameterException(spec.commandLine(), "at most " + MAX_RUNS + " results can be compared");
        }
        List<Comparison.Run> runs = new ArrayList<>();
        for (Path file : files) {
            runs.add(new Comparison.Run(file.toString(), Reports.read(file)));
        }
        Comparison comparison = new Comparison(runs);
        spec.commandLine().getOut().print(new ComparisonTable(comparison).text());
        spec.commandLine().getOut().flush();
        if (html != null) {
            Files.writeString(html, new ComparisonPage(comparison).html());
        }
        return 0;
    }
}
