package dev.ringback.loadtest.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrowdsTest {
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
        Settings settings = Settings.defaults();
        settings.override(List.of(overrides));
        return Scenario.of("", settings);
    }
}
