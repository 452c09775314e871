package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Autobahn's fuzzing client finds nothing wrong with the WebSockets of production's port. It is Python, run by Jython in a process of
 * its own, both from the class path that the profile {@code conformance} adds. Its pages stay in {@code target/autobahn}.
 */
@Tag("conformance")
class AutobahnIT {
    /** Every case but those of permessage-deflate (12 and 13), an extension that the gateway does not have. */
    private static final List<String> EXCLUDED = List.of("12.*", "13.*");

    private static final int CASES = 301;
    private static final int MINUTES = 15;
    private static final Path WORK = Path.of("target", "autobahn");
    /** A case, what Autobahn called it, and why that is right, a line each. */
    private static final Path EXPLAINED = Path.of("src", "test", "conformance", "autobahn.txt");

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void noCaseFailsAndTheOnesThatAreNotPlainlyRightAreExplained() throws Exception {
        Files.createDirectories(WORK);
        Files.deleteIfExists(WORK.resolve("index.json"));
        try (EchoGateway echo = new EchoGateway()) {
            run(echo.url());
        }
        JsonNode results = JSON.readTree(WORK.resolve("index.json").toFile()).path("gateway");
        Map<String, String> unusual = new TreeMap<>();
        results.properties().forEach(result -> unusual.put(result.getKey(), verdict(result.getValue())));
        assertThat(unusual).as("cases that have a result").hasSize(CASES);
        unusual.values().removeIf("OK"::equals);
        assertThat(unusual).isEqualTo(explained());
    }

    /** What became of the messages, and of the connection's end where that was not as it should be. */
    private static String verdict(JsonNode result) {
        String behavior = result.path("behavior").asText();
        String end = result.path("behaviorClose").asText();
        return end.equals("OK") ? behavior : behavior + "/" + end;
    }

    private static Map<String, String> explained() throws IOException {
        return Files.readAllLines(EXPLAINED).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(" +", 3))
                .collect(toMap(parts -> parts[0], parts -> parts[1]));
    }

    private static void run(String url) throws IOException, InterruptedException {
        Map<String, Object> specification = Map.of(
                "options",
                Map.of("failByDrop", false),
                "outdir",
                ".",
                "servers",
                List.of(Map.of("agent", "gateway", "url", url)),
                "cases",
                List.of("*"),
                "exclude-cases",
                EXCLUDED,
                "exclude-agent-cases",
                Map.of());
        Path file = WORK.resolve("specification.json");
        Files.write(file, JSON.writeValueAsBytes(specification));
        Path log = WORK.resolve("autobahn.log");
        Process suite = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx768m",
                        "-Dpython.cachedir.skip=true",
                        "-cp",
                        jar("autobahntestsuite-maven-plugin") + File.pathSeparator + jar("jython-standalone"),
                        "org.python.util.jython",
                        "-c",
                        "from autobahntestsuite import wstest; wstest.run()",
                        "-m",
                        "fuzzingclient",
                        "-s",
                        file.getFileName().toString())
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(suite.waitFor(MINUTES, TimeUnit.MINUTES)).as("it ends").isTrue();
            assertThat(suite.exitValue()).as(Files.readString(log, UTF_8)).isZero();
        } finally {
            suite.destroyForcibly();
        }
    }

    private static String jar(String artifact) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Path.of(entry).getFileName().toString().startsWith(artifact))
                .findFirst()
                .orElseThrow(() -> new AssertionError(artifact + " is not there: run with -Pconformance"));
    }
}
