package dev.ringback.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.floor.FloorServer;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Settings;
import dev.ringback.loadtest.server.LoadedServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whole runs against the floor in this process. */
class LoadRunTest {
    private static final Path SMOKE = Path.of("../config/load/smoke.yaml");

    @Test
    void smokeAgainstTheFloorDeliversEverythingOnceByEveryTransport() throws Exception {
        LoadResult result = run("churn-per-second=0");
        assertThat(result.verdicts()).isEmpty();
        assertThat(result.counts().isClean()).isTrue();
        // Four wait for each job: each event, and each job's end, is four deliveries, but for what a poll may skip.
        assertThat(result.counts().published()).isGreaterThan(100);
        assertThat(result.counts().delivered())
                .isBetween(result.counts().published() * 2, result.counts().published() * 4);
        assertThat(result.latencyByTransport()).containsOnlyKeys("websocket", "sse", "long-poll", "connecting");
        assertThat(result.latencyByTransport().get("sse").count()).isPositive();
        assertThat(result.samples()).isNotEmpty();
        assertThat(result.generator().cpuPercent()).isPositive();
    }

    @Test
    void churnAndAStormLoseNothing() throws Exception {
        LoadResult result = run("churn-per-second=50", "storm-at=500ms", "duration=1500ms");
        assertThat(result.counts().reconnects()).isGreaterThanOrEqualTo(24);
        assertThat(result.counts().isClean()).as(result.verdicts().toString()).isTrue();
    }

    @Test
    void aWaiterGoesOnFromJobToJob() throws Exception {
        LoadResult result = run("shape=one", "connections=100", "churn-per-second=0");
        assertThat(result.verdicts()).isEmpty();
        assertThat(result.counts().delivered()).isEqualTo(result.counts().published());
        // Each has ended a job and waits for another one.
        assertThat(result.counts().connected()).isGreaterThan(100);
    }

    @Test
    void processesOfItsOwnCountTogether() throws Exception {
        LoadResult result = run("processes=2", "churn-per-second=0", "transports=websocket");
        assertThat(result.verdicts()).isEmpty();
        assertThat(result.counts().connected()).isEqualTo(24);
        assertThat(result.counts().delivered()).isEqualTo(result.counts().published() * 4);
        assertThat(result.latencyByTransport().get("websocket").count()).isPositive();
    }

    @Test
    void moreConnectionsThanAProcessMayOpenNeedMoreProcesses() throws Exception {
        assertThat(Crowds.processes(scenario("connections=19000"), 20_000)).isEqualTo(1);
        assertThat(Crowds.processes(scenario("connections=19001"), 20_000)).isEqualTo(2);
        assertThat(Crowds.processes(scenario("connections=18000", "shape=one", "rate=2000"), 20_000))
                .isEqualTo(2);
        assertThat(Crowds.processes(scenario("connections=100", "processes=3"), 20_000))
                .isEqualTo(3);
    }

    private static Scenario scenario(String... overrides) throws Exception {
        Settings settings = Settings.read(SMOKE, List.of("connections=24", "warmup=200ms", "duration=1s"));
        settings.override(List.of(overrides));
        return Scenario.of("smoke", Settings.of(withTarget(settings.asMap())));
    }

    private static Map<String, String> withTarget(Map<String, String> settings) {
        settings.put("target", "floor");
        return settings;
    }

    private static LoadResult run(String... overrides) throws Exception {
        try (FloorServer floor = new FloorServer(0)) {
            LoadedServer server = LoadedServer.at(
                    new Target("127.0.0.1", floor.port()),
                    ProcessHandle.current().pid(),
                    null);
            return new LoadRun(scenario(overrides), server, Watch.SILENT, new Calibration.Result(-1, -1)).run();
        }
    }
}
