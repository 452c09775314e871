package dev.ringback.loadtest.slow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.slow.SlowReadersReport.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowReadersReportTest {
    private static final Map<String, Long> STALLED =
            Map.of("ringback_slow_consumers_total{reason=\"stalled\"}", 9L, "ringback_events_coalesced_total", 70L);
    private static final Map<String, Long> NONE = Map.of("ringback_slow_consumers_total{reason=\"stalled\"}", 0L);

    @TempDir
    private Path directory;

    @Test
    void theMedianOfTheRoundsRatiosIsJudged() throws Exception {
        SlowReadersReport report = report(1.5, with(1_100), with(9_000), with(1_400));
        assertThat(report.verdicts()).isEmpty();
        assertThat(report.ratio().median()).isEqualTo(1.4);
        assertThat(report.table()).contains("1.40 times", "(1.10 – 9.00, 3 rounds)", "reason=\"stalled\"} 27");
        assertThat(Files.readString(report.write(directory))).contains("1.40 times");
        assertThat(report(1.3, with(1_100), with(9_000), with(1_400)).verdicts())
                .singleElement()
                .asString()
                .contains("1.40 times", "1.30 is allowed");
    }

    @Test
    void aRoundInWhichNobodyWasSlowShowsNothing() {
        Run nobody = new Run(1_000, 100, 1_000, NONE, List.of());
        assertThat(report(1.5, nobody).verdicts()).singleElement().asString().contains("nothing was shown");
    }

    @Test
    void whatIsLostOrClosedAmongThoseWhoReadIsAVerdict() {
        Run lossy = new Run(1_000, 100, 1_000, STALLED, List.of("2 versions were lost"));
        Run closing = new Run(1_000, 100, 1_000, STALLED, List.of());
        SlowReadersReport report = new SlowReadersReport("server", Map.of(), 1.5, List.of(closing), List.of(lossy));
        assertThat(report.verdicts())
                .containsExactly("round 1: 9 who read were closed as slow", "round 1, with: 2 versions were lost");
    }

    private static Run with(double p99Micros) {
        return new Run(1_000, 100, p99Micros, STALLED, List.of());
    }

    private static SlowReadersReport report(double most, Run... with) {
        Run without = new Run(1_000, 100, 1_000, NONE, List.of());
        return new SlowReadersReport(
                "server",
                Map.of("slow-percent", "1"),
                most,
                java.util.Collections.nCopies(with.length, without),
                List.of(with));
    }
}
