package dev.ringback.loadtest.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a command has found that says itself whether it is good enough. */
public interface JudgedReport {
    /** For the terminal. */
    String table();

    /** What is wrong; empty where nothing is. */
    List<String> verdicts();

    /** Writes the page: where it is. */
    Path write(Path directory) throws IOException;

    /** The verdicts in one line; empty where they say enough. */
    default String conclusion() {
        return "";
    }

    /**
     * Prints all of it, and writes the page: the command's exit code, 0 where nothing is wrong, else 1.
     *
     * @param out where the page goes; null for a directory of this name and the time
     */
    default int tell(@Nullable Path out, String name) throws IOException {
        System.out.print(table());
        List<String> wrong = verdicts();
        wrong.forEach(System.out::println);
        if (!conclusion().isEmpty()) {
            System.out.println(conclusion());
        }
        System.out.println("report: " + write(ReportDirectory.of(out, name)));
        return wrong.isEmpty() ? 0 : 1;
    }
}
