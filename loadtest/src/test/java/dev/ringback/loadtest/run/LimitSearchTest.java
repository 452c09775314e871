package dev.ringback.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.result.Costs;
import dev.ringback.loadtest.result.Counts;
import dev.ringback.loadtest.result.Generator;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.result.Machine;
import dev.ringback.loadtest.run.RunOptions.Limit;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitSearchTest {
    @Test
    void theLimitIsFoundAndWhatBrokeAboveItIsSaid() throws Exception {
        LimitSearch search = new LimitSearch(Limit.RATE, 100, scenario -> {
            int rate = scenario.pace().rate();
            return result(rate > 1_000 ? 150_000 : 2_000, 0);
        });
        LimitSearch.Found found = search.search(Scenario.of("", Settings.defaults()));
        assertThat(found.limit()).isBetween(900L, 1_000L);
        assertThat(found.broke()).isEqualTo("p99 of sse was 150.0 ms, more than 100.0");
        assertThat(found.best()).isNotNull();
    }

    @Test
    void aLossBreaksTheServiceLevelHoweverFastItWas() {
        assertThat(LimitSearch.broken(result(1, 3), 100)).hasValue("deliveries went wrong: 3 versions were lost");
        assertThat(LimitSearch.broken(result(100_000, 0), 100)).isEmpty();
    }

    @Test
    void aRunThatCannotBeMadeIsBeyondTheLimit() throws Exception {
        LimitSearch search = new LimitSearch(Limit.CONNECTIONS, 100, scenario -> {
            if (scenario.load().connections() > 500) {
                throw new IOException("only 500 came to wait");
            }
            return result(1, 0);
        });
        LimitSearch.Found found = search.search(Scenario.of("", Settings.defaults()));
        assertThat(found.limit()).isBetween(450L, 500L);
        assertThat(found.broke()).isEqualTo("only 500 came to wait");
    }

    private static LoadResult result(double p99Micros, long lost) {
        return new LoadResult(
                "",
                Map.of(),
                "floor",
                "",
                "",
                1,
                new Machine("", 1, "", "", ""),
                new Counts(0, 0, 0, 0, 0, 0, lost, 0, 0, 0, 0, 0),
                Costs.UNKNOWN,
                Map.of(
                        "sse",
                        new Latency(1, 0, 0, p99Micros, 0, 0, ""),
                        "connecting",
                        new Latency(1, 0, 0, 9e9, 0, 0, "")),
                List.of(),
                new Generator(0, 0, 0, 0, false, ""),
                lost == 0 ? List.of() : List.of(lost + " versions were lost"));
    }
}
