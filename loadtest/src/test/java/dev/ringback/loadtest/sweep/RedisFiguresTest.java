package dev.ringback.loadtest.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.loadtest.client.WireException;
import org.junit.jupiter.api.Test;

class RedisFiguresTest {
    private static final String INFO = "# Commandstats\r\ncmdstat_hmget:calls=70,usec=9,usec_per_call=0.1\r\n"
            + "cmdstat_evalsha:calls=5,usec=1\r\ncmdstat_ping:calls=2,usec=1\r\n# Stats\r\ntotal_commands_processed:100\r\n"
            + "# CPU\r\nused_cpu_sys:1.500000\r\nused_cpu_user:2.250000\r\nused_cpu_user_children:9\r\n";

    @Test
    void figuresAreFoundInWhatInfoSays() throws Exception {
        assertThat(RedisFigures.parse(INFO)).isEqualTo(new RedisFigures.Reading(70, 5, 100, 3.75));
    }

    @Test
    void redisThatNeverReadAJobHasReadNone() throws Exception {
        assertThat(RedisFigures.parse("total_commands_processed:1\r\n").reads()).isZero();
    }

    @Test
    void answerWithoutFiguresIsAMistake() {
        assertThatThrownBy(() -> RedisFigures.parse("NOAUTH")).isInstanceOf(WireException.class);
    }

    @Test
    void reportIsTheDifferencePerSecond() {
        SweepReport report = SweepReport.between(
                10, new RedisFigures.Reading(0, 0, 0, 1), new RedisFigures.Reading(60, 0, 80, 1.2), 2);

        assertThat(report.readsPerSecond()).isEqualTo(30);
        assertThat(report.commandsPerSecond()).isEqualTo(40);
        assertThat(report.table()).contains("10 jobs", "30 reads/s", "40 commands/s", "10.0 % of a core");
    }
}
