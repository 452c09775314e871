package dev.ringback.loadtest.report;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where the files of a report go. */
public final class ReportDirectory {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private ReportDirectory() {}

    /** The directory that was asked for, or one below the working directory that has the run's name and the present time. */
    public static Path of(@Nullable Path asked, String name) {
        return asked != null
                ? asked
                : Path.of("load-results", name + "-" + STAMP.format(LocalDateTime.now(ZoneOffset.UTC)));
    }
}
