package dev.ringback.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.floor.FloorServer;
import dev.ringback.loadtest.result.Costs;
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
    void theRampsCostAndTheDeliveriesCostAreTold() throws Exception {
        LoadResult result = run("churn-per-second=0", "ramp-per-second=0", "connections=400", "transports=websocket");
        Costs.Connecting connecting = result.costs().connecting();
        assertThat(connecting.connections()).isEqualTo(400);
        assertThat(connecting.seconds()).isPositive().isLessThan(10);
        assertThat(connecting.perSecond()).isCloseTo(400 / connecting.seconds(), within(1e-6));
        assertThat(connecting.microsPerConnect()).isNotNegative();
        assertThat(result.costs().microsPerDelivery()).isPositive();
        // Four wait for each job, so that an event is four deliveries, but for those on their way at the measured
        // time's edges.
        assertThat(result.costs().microsPerEvent() / result.costs().microsPerDelivery())
                .isCloseTo(4, within(0.4));
    }

    @Test
    void costsOfAServerWhoseProcessIsNotKnownAreNotKnown() throws Exception {
        try (FloorServer floor = new FloorServer(0)) {
            LoadedServer server = LoadedServer.at(new Target("127.0.0.1", floor.port()), 0, null);
            Costs costs = run(scenario("churn-per-second=0"), server).costs();
            assertThat(costs.microsPerDelivery()).isEqualTo(-1);
            assertThat(costs.microsPerEvent()).isEqualTo(-1);
            assertThat(costs.connecting().microsPerConnect()).isEqualTo(-1);
            assertThat(costs.connecting().perSecond()).isPositive();
        }
    }

    @Test
    void aBurstIsSoManyEventsOfOneJobAndTheRateCountsEvents() throws Exception {
        LoadResult result = run("churn-per-second=0", "burst=4", "transports=websocket", "rate=200");
        assertThat(result.verdicts()).isEmpty();
        // 1.2 seconds of 200 events, and the ends of six jobs.
        assertThat(result.counts().published()).isBetween(200L, 280L);
        assertThat((result.counts().published() - 6) % 4).isZero();
        assertThat(result.counts().delivered()).isEqualTo(result.counts().published() * 4);
        assertThat(result.counts().replaced()).isZero();
    }

    @Test
    void aBurstLargerThanTheServerTakesAtOnceIsPublishedAsAWhole() throws Exception {
        LoadResult result = run("churn-per-second=0", "burst=40", "transports=websocket", "rate=400");
        assertThat(result.verdicts()).isEmpty();
        assertThat((result.counts().published() - 6) % 40).isZero();
        assertThat(result.counts().delivered()).isEqualTo(result.counts().published() * 4);
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
            return run(scenario(overrides), server);
        }
    }

    private static LoadResult run(Scenario scenario, LoadedServer server) throws Exception {
        return new LoadRun(scenario, server, Watch.SILENT, new Calibration.Result(-1, -1)).run();
    }
}
