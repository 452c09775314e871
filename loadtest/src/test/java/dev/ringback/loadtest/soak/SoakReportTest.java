package dev.ringback.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakReportTest {
    private static final long MIB = 1024 * 1024;

    @TempDir
    private Path directory;

    @Test
    void whatReturnsToItsStartIsClean() throws Exception {
        SoakReport report = report(
                holding(100, 1, 20 * MIB, MIB),
                holding(9_000, 7, 26 * MIB, 9 * MIB),
                holding(10_100, 1, 21 * MIB, 2 * MIB));
        assertThat(report.verdicts()).isEmpty();
        assertThat(report.table()).contains("1 topics").doesNotContain("0 waits");
        assertThat(Files.readString(report.write(directory))).contains("Everything returned to its start value");
    }

    @Test
    void whatIsLeftOverIsNamedWithBothFigures() {
        assertThat(report(holding(100, 1, 20 * MIB, MIB), holding(200, 2, 20 * MIB, MIB))
                        .verdicts())
                .containsExactly("topics: 2 at the end, 1 at the start");
    }

    @Test
    void heapAndDirectMemoryMayGrowWithinTheirBoundsOnly() {
        Holding start = holding(100, 1, 20 * MIB, MIB);
        Holding end = holding(200, 1, 20 * MIB + SoakReport.HEAP_BOUND + 1, MIB + SoakReport.DIRECT_BOUND + 1);
        assertThat(report(start, end).verdicts())
                .satisfiesExactly(
                        words -> assertThat(words).startsWith("heap after full collections: 22.00 MiB at the end"),
                        words -> assertThat(words).startsWith("direct memory: 17.00 MiB at the end"));
    }

    @Test
    void theSlopeIsWhatEachConnectionLeavesBehind() {
        SoakReport report = report(holding(0, 1, 1_000, 0), holding(100, 1, 4_200, 0), holding(200, 1, 7_400, 0));
        assertThat(report.slopePerConnection(Holding::heapBytes)).isCloseTo(32, within(1e-9));
        assertThat(report.slopePerConnection(Holding::directBytes)).isZero();
    }

    @Test
    void wrongAnswersAndWhatTheWellBehavedFoundAreVerdicts() {
        Holding same = holding(100, 1, MIB, MIB);
        SoakReport report = new SoakReport(
                "server",
                "memory",
                List.of(same, same),
                Map.of("asks badly", 4L),
                Map.of("asks badly: a time-out", 2),
                List.of(List.of(), List.of("1 versions were lost")));
        assertThat(report.verdicts())
                .containsExactly("well-behaved clients, round 1: 1 versions were lost", "2 × asks badly: a time-out");
    }

    private static SoakReport report(Holding... holdings) {
        return new SoakReport("server", "memory", List.of(holdings), Map.of(), Map.of(), List.of());
    }

    private static Holding holding(long connections, long topics, long heap, long direct) {
        return new Holding(
                connections / 100.0, 5, connections, Map.of("topics", topics, "waits by sse", 0L), heap, direct, 9);
    }
}
