package dev.ringback.loadtest.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.recovery.Recovery.Loss;
import dev.ringback.loadtest.recovery.Recovery.Memory;
import dev.ringback.loadtest.recovery.Recovery.Moment;
import dev.ringback.loadtest.scenario.Scenario.Comeback;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
    @TempDir
    private Path directory;

    @Test
    void theTimeCountsFromWhenSoManyWereBackAndStayed() {
        Recovery recovery = recovery(
                0,
                new Moment(0.1, 100, 100),
                new Moment(0.2, 0, 0),
                new Moment(0.5, 80, 50),
                new Moment(0.9, 100, 40),
                new Moment(1.3, 100, 99),
                new Moment(2.1, 100, 100));
        assertThat(recovery.secondsUntil(50)).isEqualTo(1.3);
        assertThat(recovery.secondsUntil(99)).isEqualTo(1.3);
        assertThat(recovery.secondsUntil(100)).isEqualTo(2.1);
        assertThat(recovery.isWhole()).isTrue();
    }

    @Test
    void whoeverStaysAwayOrMissesTheEndIsAVerdict() throws Exception {
        Recovery away = recovery(0, new Moment(0.1, 0, 0), new Moment(5, 100, 98));
        Recovery deaf = recovery(3, new Moment(0.1, 0, 0), new Moment(5, 100, 100));
        assertThat(away.secondsUntil(100)).isEqualTo(Recovery.NEVER);
        RecoveryReport report = new RecoveryReport("64m", List.of(away, deaf));
        assertThat(report.verdicts())
                .satisfiesExactly(
                        words -> assertThat(words).contains("not everyone came back"),
                        words -> assertThat(words).contains("3 ends were not heard"));
        assertThat(report.table()).contains("100 % never", "heap, most 30 MiB");
        assertThat(Files.readString(report.write(directory)))
                .contains("clients-reset-at-once", "memory-reset-at-once", "3 ends were not heard");
    }

    private static Recovery recovery(long lost, Moment... moments) {
        long mib = 1024 * 1024;
        List<Memory> memories = List.of(new Memory(0.1, 30 * mib, mib, 90 * mib), new Memory(0.2, -1, -1, 95 * mib));
        return new Recovery(
                Loss.RESET, Comeback.AT_ONCE, List.of(), 100, List.of(moments), memories, 0, mib, lost, Map.of());
    }
}
