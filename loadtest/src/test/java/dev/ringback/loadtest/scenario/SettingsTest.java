package dev.ringback.loadtest.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.loadtest.client.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    private Path directory;

    @Test
    void anUnknownKeyIsRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> read("conections: 5\n"))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContainingAll("scenario.yaml", "conections", "there are target, shape, connections");
    }

    @Test
    void theCommandLineIsOverTheFileAndTheFileOverTheDefaults() throws IOException {
        Scenario scenario = Scenario.of("", read("connections: 5\nrate: 7\n", "rate=9"));
        assertThat(scenario.load().connections()).isEqualTo(5);
        assertThat(scenario.pace().rate()).isEqualTo(9);
        assertThat(scenario.pace().warmup()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aValueThatIsNoneIsRefusedWithWhatIsAllowed() {
        assertThatThrownBy(() -> Scenario.of("", read("shape: round\n")))
                .hasMessage("shape must be one of one, fanout, zipf, idle, not \"round\"");
        assertThatThrownBy(() -> Scenario.of("", read("event-bytes: 24\n"))).hasMessageContaining("from 25 to");
        assertThatThrownBy(() -> Scenario.of("", read("transports: carrier-pigeon:1\n")))
                .hasMessageContaining("websocket:3");
        assertThatThrownBy(() -> Scenario.of("", read("burst: 4\nshape: one\n")))
                .hasMessage("burst must be 1 with shape one, whose events end their jobs, not \"4\"");
        assertThatThrownBy(() -> Scenario.of("", read("burst: 0\n"))).hasMessageContaining("from 1 to 1000");
        assertThatThrownBy(() -> Scenario.of("", read("storm-at: 10s\n"))).hasMessageContaining("less than duration");
        assertThatThrownBy(() -> read("shape: [one]\n")).hasMessageContaining("must be one value");
    }

    @Test
    void transportsComeInProportionToTheirWeights() throws IOException {
        Scenario scenario = Scenario.of("", read("transports: websocket:3,sse:1\n"));
        Map<Transport, Integer> counts = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            counts.merge(scenario.load().transportOf(i), 1, Integer::sum);
        }
        assertThat(counts).containsOnly(Map.entry(Transport.WEBSOCKET, 300), Map.entry(Transport.SSE, 100));
    }

    @Test
    void ofZipfsLawTheFirstJobHasTheMostWaiters() throws IOException {
        Scenario scenario = Scenario.of("", read("shape: zipf\njobs: 50\n"));
        JobNames names = JobNames.of("r", scenario.load());
        Map<Integer, Integer> waiters = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            waiters.merge(names.jobOf(i), 1, Integer::sum);
        }
        // The sum of 1/n up to 50 is 4.5: the first job has 22 percent, the second half of that.
        assertThat(waiters.get(0)).isBetween(2_000, 2_450);
        assertThat(waiters.get(1)).isBetween(950, 1_300);
        assertThat(waiters.keySet()).allMatch(job -> job >= 0 && job < 50);
    }

    @Test
    void everyScenarioFileHasEveryKeyWithACommentAndCanBeUsed() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(Path.of("../config/load"))) {
            files = listed.toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(8);
        for (Path file : files) {
            Scenario.of("", Settings.read(file, List.of()));
            List<String> lines = Files.readAllLines(file);
            for (String key : Key.spellings()) {
                int line = indexOfKey(lines, key);
                assertThat(line).as(file + " has " + key).isPositive();
                assertThat(lines.get(line - 1)).as(file + ", above " + key).startsWith("# ");
            }
        }
    }

    private static int indexOfKey(List<String> lines, String key) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(key + ":")) {
                return i;
            }
        }
        return -1;
    }

    private Settings read(String text, String... overrides) throws IOException {
        Path file = directory.resolve("scenario.yaml");
        Files.writeString(file, text);
        return Settings.read(file, List.of(overrides));
    }
}
