package dev.ringback.loadtest.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.memory.MemoryReport.Round;
import dev.ringback.loadtest.memory.MemoryReport.TransportCost;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryReportTest {
    @Test
    void theSlopeIsWhatOneConnectionMoreCosts() {
        Round round = new Round(reading(1_000, 50_000_000), reading(10_000, 68_000_000));
        assertThat(round.slope(Reading::heap)).isEqualTo(2_000);
    }

    @Test
    void theTableHasTheMedianOfTheRounds() {
        List<Round> rounds = List.of(
                new Round(reading(0, 1_000), reading(10, 21_000)),
                new Round(reading(0, 1_000), reading(10, 11_000)),
                new Round(reading(0, 1_000), reading(10, 51_000)));
        String table = new MemoryReport("", 0, 10, List.of(TransportCost.of("sse", rounds))).table();
        assertThat(table).containsPattern("(?m)^sse +3 +2,000 \\(1,000 – 5,000\\)");
    }

    private static Reading reading(int connections, long heap) {
        return new Reading(connections, heap, heap, 0, 0, -1);
    }
}
