package dev.ringback.loadtest.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.webhook.ThroughputReport.Rate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThroughputReportTest {
    private static final ThroughputRun.Load LOAD = new ThroughputRun.Load(100, 5_000, 700, 1, 1, "0");

    @TempDir
    private Path directory;

    @Test
    void ratesAreMediansAndSharesOfTheFloors() throws Exception {
        ThroughputReport report = new ThroughputReport(
                LOAD,
                List.of(
                        rate("floor", 20_000, 50, 0),
                        rate("memory", 4_000, 50, 0),
                        rate("floor", 20_000, 50, 0),
                        rate("memory", 9_000, 50, 0),
                        rate("memory", 5_000, 50, 0)));
        assertThat(report.verdicts()).isEmpty();
        assertThat(report.table()).contains("5,000 (4,000 – 9,000)", "0.25", "memory: nothing is full, loop 50 %");
        assertThat(Files.readString(report.write(directory))).contains("5,000 (4,000 – 9,000)");
    }

    @Test
    void whatIsFullIsNamed() {
        assertThat(new ThroughputReport(LOAD, List.of(rate("redis", 4_000, 95, 0))).findings())
                .singleElement()
                .asString()
                .contains("the sender's processor is full", "0.50 scripts and 3.0 commands");
    }

    @Test
    void requestsThatNobodyExpectedAreAVerdict() {
        ThroughputReport report =
                new ThroughputReport(LOAD, List.of(rate("memory", 0, 50, 0), rate("memory", 1, 50, 7)));
        assertThat(report.verdicts())
                .containsExactly("memory: nothing was delivered", "memory: 7 requests that nobody expected");
    }

    private static Rate rate(String name, double perSecond, double percent, long wrong) {
        return new Rate(
                name,
                perSecond,
                100,
                percent,
                Map.of("loop", percent),
                20,
                5,
                name.equals("redis") ? 30 : 0,
                name.equals("redis") ? 0.5 : 0,
                name.equals("redis") ? 3 : 0,
                0.5,
                0,
                wrong);
    }
}
