package dev.ringback.loadtest.report;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringback.loadtest.result.Costs;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.result.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A result as files: {@code result.json}, {@code report.html}, and HdrHistogram's log of each transport. */
public final class Reports {
    private static final String JSON = "result.json";
    private static final String HTML = "report.html";

    /** Older and newer results can be read, and compared, too. */
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

    private Reports() {}

    /** Writes all files into the directory, which is made where it is not there; files of an earlier run are written over. */
    public static void write(LoadResult result, Path directory) throws IOException {
        Files.createDirectories(directory);
        MAPPER.writeValue(directory.resolve(JSON).toFile(), result);
        Map<String, Recording> recordings = recordings(result);
        for (Map.Entry<String, Recording> entry : recordings.entrySet()) {
            Path file = directory.resolve(fileName(entry.getKey()) + ".hlog");
            entry.getValue().write(result, entry.getKey(), file);
        }
        Files.writeString(directory.resolve(HTML), new ReportPage(result, recordings).html());
    }

    /** The result as a table for a terminal of 100 columns. */
    public static String table(LoadResult result) {
        return new ResultTable(result).text();
    }

    /**
     * Reads a result back.
     *
     * @param file a {@code result.json}, or the directory that it lies in
     * @throws IOException where it is none
     */
    public static LoadResult read(Path file) throws IOException {
        Path json = Files.isDirectory(file) ? file.resolve(JSON) : file;
        if (!Files.isRegularFile(json)) {
            throw new IOException("there is no result at " + json);
        }
        LoadResult result;
        try {
            result = MAPPER.treeToValue(completed(MAPPER.readTree(json.toFile())), LoadResult.class);
        } catch (IOException e) {
            throw new IOException(json + " is no result of the load harness: " + firstLine(e), e);
        }
        if (result == null || !isWhole(result)) {
            throw new IOException(json + " is no result of the load harness: parts of it are missing");
        }
        return result;
    }

    /** What results of former versions do not tell is not known, rather than zero. */
    private static JsonNode completed(JsonNode result) {
        if (result instanceof ObjectNode whole && !whole.hasNonNull("costs")) {
            whole.set("costs", MAPPER.valueToTree(Costs.UNKNOWN));
        }
        if (result.path("counts") instanceof ObjectNode counts && !counts.hasNonNull("replaced")) {
            counts.put("replaced", Sample.UNKNOWN);
        }
        return result;
    }

    /** Jackson leaves null what the file does not have. */
    private static boolean isWhole(LoadResult result) {
        return Stream.of(
                        result.scenario(),
                        result.settings(),
                        result.target(),
                        result.startedAt(),
                        result.machine(),
                        result.counts(),
                        result.costs(),
                        result.costs().connecting(),
                        result.latencyByTransport(),
                        result.samples(),
                        result.generator(),
                        result.verdicts())
                .allMatch(Objects::nonNull);
    }

    static Map<String, Recording> recordings(LoadResult result) throws IOException {
        Map<String, Recording> recordings = new LinkedHashMap<>();
        for (Map.Entry<String, Latency> entry : result.latencyByTransport().entrySet()) {
            recordings.put(entry.getKey(), Recording.of(entry.getKey(), entry.getValue()));
        }
        return recordings;
    }

    private static String fileName(String transport) {
        return transport.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private static String firstLine(IOException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
