package dev.ringback.loadtest.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import picocli.CommandLine;

class CompareCommandTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new CompareCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                })
                .execute(arguments);
    }

    private String write(String name, LoadResult result) throws IOException {
        Path file = directory.resolve(name);
        Reports.write(result, file);
        return file.toString();
    }

    private static LoadResult with(Map<String, String> settings, double p50) {
        Map<String, Latency> latency = Map.of("sse", new Latency(10, p50, 400, 500, 600, 700, ""));
        return Results.result("fanout", settings, Results.CLEAN, latency, Results.samples(10));
    }

    @Test
    void figuresStandSideBySideWithTheirRatioToTheFirst() throws IOException {
        String a = write("a", with(Map.of("rate", "100"), 200));
        String b = write("b", with(Map.of("rate", "100"), 250));
        String c = write("c", with(Map.of("rate", "100"), 50));

        assertThat(run(a, b + "/result.json", c)).isZero();
        assertThat(out.toString())
                .contains("A " + a)
                .contains("Settings and machine are the same.")
                .containsPattern("sse p50 +200 µs +250 µs +×1.25 +50 µs +×0.25")
                .containsPattern("sse p90 +400 µs +400 µs += +400 µs +=")
                .containsPattern("lost +0 +0 += +0 +=");
    }

    @Test
    void whatDiffersInSettingsAndMachineIsMarked() throws IOException {
        LoadResult there = with(Map.of("rate", "200", "burst", "4"), 200);
        LoadResult elsewhere = new LoadResult(
                there.scenario(),
                there.settings(),
                "nchan",
                there.url(),
                there.startedAt(),
                there.seconds(),
                new dev.ringback.loadtest.result.Machine("Another", 8, "Linux 6.18", "17.0.9", ""),
                there.counts(),
                there.costs(),
                there.latencyByTransport(),
                there.samples(),
                there.generator(),
                there.verdicts());
        String a = write("a", with(Map.of("rate", "100"), 200));

        run(a, write("b", elsewhere));
        assertThat(out.toString())
                .contains("  * setting: rate: A 100, B 200")
                .contains("* setting: burst: A not set, B 4")
                .contains("* target: A ringback, B nchan")
                .contains("* machine: CPU: A A processor, B Another")
                .contains("* machine: generator's JDK: A 25.0.1, B 17.0.9")
                .doesNotContain("* machine: system");
    }

    @Test
    void whatTheServerSpentIsComparedAndNotKnownOfAResultOfAFormerVersion() throws IOException {
        String now = write("now", Results.full());
        Path before = Path.of(write("before", Results.full())).resolve("result.json");
        JsonMapper mapper = new JsonMapper();
        ObjectNode json = (ObjectNode) mapper.readTree(before.toFile());
        json.remove("costs");
        ((ObjectNode) json.get("counts")).remove("replaced");
        mapper.writeValue(before.toFile(), json);

        assertThat(run(now, before.toString())).isZero();
        assertThat(out.toString())
                .containsPattern("server CPU per connect +63.5 µs +– +–")
                .containsPattern("server CPU per delivery +11.5 µs +– +–")
                .containsPattern("server CPU per event +23 µs +– +–")
                .containsPattern("connects, mean +4,000/s +– +–")
                .containsPattern("replaced +70 +– +–");
    }

    @Test
    void ratiosOfWhatIsZeroOrNotKnownAreNotMadeUp() {
        assertThat(Comparison.ratio(5, 0)).isEqualTo("–");
        assertThat(Comparison.ratio(0, 0)).isEqualTo("=");
        assertThat(Comparison.ratio(0, 5)).isEqualTo("×0.00");
        assertThat(Comparison.ratio(-1, 5)).isEqualTo("–");
        assertThat(Comparison.ratio(5, Double.NaN)).isEqualTo("–");
        assertThat(Comparison.ratio(2_500, 1)).isEqualTo("×2,500");
    }

    @Test
    void manyRunsAreSeveralTablesThatFitTheTerminal() throws IOException {
        List<String> files = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            files.add(write("run-" + i, with(Map.of("rate", String.valueOf(i)), 100 + i)));
        }
        assertThat(run(files.toArray(String[]::new))).isZero();
        assertThat(out.toString()).contains("D : A", "G : A", "H : A");
        assertThat(out.toString().lines().filter(line -> !line.contains(directory.toString())))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void pageHasTheSameAndIsWellFormed() throws Exception {
        String a = write("a", Results.full());
        String b = write("b", with(Map.of("<rate>", "1 & 2"), 1));
        Path html = directory.resolve("compare.html");
        assertThat(run(a, b, "--html", html.toString())).isZero();

        Document page = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Files.readString(html).getBytes(UTF_8)));
        String text = page.getDocumentElement().getTextContent();
        assertThat(text).contains("setting: <rate>", "1 & 2", "server CPU per delivery", "B : A");
        assertThat(page.getElementsByTagName("figure").getLength()).isEqualTo(2);
    }

    @Test
    void oneResultAloneOrNoneAtAllIsAMistake() throws IOException {
        assertThat(run(write("a", Results.full()))).isEqualTo(2);
        assertThat(run(write("a", Results.full()), directory.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("there is no result at");
    }
}
