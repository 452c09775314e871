package dev.ringback.loadtest.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.run.Pairs;
import dev.ringback.loadtest.webhook.DeadEndpointsReport.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadEndpointsReportTest {
    private static final Run WITHOUT = run(1_000, 0, 0, false);

    @TempDir
    private Path directory;

    @Test
    void theMedianOfTheRoundsRatiosIsJudged() throws Exception {
        DeadEndpointsReport report =
                report(WITHOUT, run(1_100, 0, 0, true), run(9_000, 0, 0, true), run(1_200, 0, 0, true));
        assertThat(report.verdicts()).isEmpty();
        assertThat(report.table()).contains("1.20 times", "(1.10 – 9.00, 3 rounds)");
        assertThat(Files.readString(report.write(directory))).contains("1.20 times");
        assertThat(report(WITHOUT, run(1_400, 0, 0, true)).verdicts())
                .singleElement()
                .asString()
                .contains("1.40 times", "1.30 is allowed");
    }

    @Test
    void whatIsMissingOrNotExpectedIsAVerdict() {
        assertThat(report(run(1_000, 2, 0, false), run(1_000, 0, 3, true)).verdicts())
                .containsExactly(
                        "round 1, without: 2 deliveries to endpoints that answer are missing",
                        "round 1, with: 3 requests that nobody expected");
    }

    @Test
    void aRoundInWhichTheDeadWereNotNoticedShowsNothing() {
        assertThat(report(WITHOUT, run(1_000, 0, 0, false)).verdicts())
                .singleElement()
                .asString()
                .contains("nothing was shown");
        assertThat(report(run(1_000, 0, 0, true), run(1_000, 0, 0, true)).verdicts())
                .containsExactly("round 1, without: 5 circuits opened, and everyone answers");
    }

    private static Run run(double p99Micros, long missing, long wrong, boolean dead) {
        return new Run(900, 900 - missing, missing, 0, wrong, 100, p99Micros, 2_000, 10, dead ? 5 : 0, dead ? 5 : 0);
    }

    private static DeadEndpointsReport report(Run without, Run... with) {
        DeadEndpointsRun.Load load = new DeadEndpointsRun.Load(1_000, 500, 4, 100);
        return new DeadEndpointsReport(
                "server", "memory", load, 1.3, new Pairs<>(Collections.nCopies(with.length, without), List.of(with)));
    }

    @Test
    void aGeneratorThatWasBehindIsSaidAndNoFaultOfTheGateways() {
        Run late = new Run(900, 900, 0, 0, 0, 100, 1_000, 2_000, 700, 5, 5);
        assertThat(report(WITHOUT, run(1_000, 0, 0, true)).table()).doesNotContain("the generator's");
        DeadEndpointsReport report = report(new Run(900, 900, 0, 0, 0, 100, 1_000, 2_000, 700, 0, 0), late);
        assertThat(report.table()).contains("Half or more of p99 may be the generator's");
        assertThat(report.verdicts()).isEmpty();
    }
}
