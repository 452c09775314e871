package dev.ringback.loadtest.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessFiguresTest {
    @Test
    void processorTimeIsUserAndSystemTimeWhateverTheCommandIsCalled() {
        String stat = "42 (a ) b) S 1 42 42 0 -1 4194560 1 2 3 4 250 50 7 8 20 0 9 0 100";
        assertThat(ProcessFigures.cpuSeconds(stat)).isEqualTo(3.0);
    }

    @Test
    void residentMemoryIsReadInBytes() {
        assertThat(ProcessFigures.kib("Name:\tjava\nVmHWM:\t 9 kB\nVmRSS:\t   128 kB\n", "VmRSS"))
                .isEqualTo(131_072);
        assertThat(ProcessFigures.kib("Name:\tjava\n", "VmRSS")).isEqualTo(-1);
    }

    @Test
    void aProcessThatIsNotThereHasNoFigures() {
        assertThat(ProcessFigures.cpuSeconds(Long.MAX_VALUE)).isEqualTo(-1);
        assertThat(ProcessFigures.residentBytes(ProcessHandle.current().pid())).isPositive();
    }

    @Test
    void threadsOfOneNameAreCountedTogether() {
        assertThat(ProcessFigures.cpuSecondsByThread(ProcessHandle.current().pid()))
                .isNotEmpty()
                .allSatisfy((name, seconds) -> assertThat(name).doesNotContainPattern("[0-9]"));
        assertThat(ProcessFigures.cpuSecondsByThread(Long.MAX_VALUE)).isEmpty();
    }
}
