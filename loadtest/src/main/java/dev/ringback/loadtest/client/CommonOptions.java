package dev.ringback.loadtest.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command is told. */
public final class CommonOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            converter = Target.Converter.class,
            description = "The gateway (default ${DEFAULT-VALUE}).")
    private Target url = new Target("127.0.0.1", 8080);

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures to this file, as JSON.")
    private @Nullable Path json;

    @Option(
            names = "--loops",
            paramLabel = "N",
            description = "Event loops of the waiting side (default half of the cores).")
    private int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    public Target url() {
        return url;
    }

    public int loops() {
        return loops;
    }

    /** Writes a report, a record, where one was asked for. */
    public void write(Object report) throws IOException {
        if (json != null) {
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), report);
        }
    }
}
