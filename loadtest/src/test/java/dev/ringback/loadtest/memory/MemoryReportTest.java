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
        String table = report(true, rounds).table();
        assertThat(table).containsPattern("(?m)^sse +3 +2,000 \\(1,000 – 5,000\\) +not told ");
    }

    @Test
    void heapAndPssTogetherAreTheTotalWhereTheHeapIsResidentFromTheStart() {
        List<Round> rounds = List.of(
                new Round(new Reading(5, 100, 100, 0, 4_000, -1, 0), new Reading(15, 20_100, 20_100, 0, 9_000, -1, 0)));
        assertThat(report(true, rounds).transports().get(0).total()).isEqualTo(new Spread(2_500, 2_500, 2_500));
        assertThat(report(false, rounds).transports().get(0).total()).isNull();
    }

    @Test
    void ofAServerWithoutAHeapThereIsPssAlone() {
        List<Round> rounds =
                List.of(new Round(new Reading(5, -1, -1, 0, 4_000, -1, -1), new Reading(15, -1, -1, 0, 9_000, -1, -1)));
        TransportCost cost = report(true, rounds).transports().get(0);
        assertThat(cost.total()).isEqualTo(new Spread(500, 500, 500));
        assertThat(cost.heap()).isNull();
        assertThat(cost.sockets()).isNull();
        assertThat(report(true, rounds).table()).containsPattern("(?m)^sse +1 +not told +not told +500 ");
    }

    @Test
    void theHeapOfAJvmWithoutMetricsIsToldByTheJvm() {
        List<Round> rounds =
                List.of(new Round(new Reading(0, -1, 1_000, 0, 0, -1, 0), new Reading(10, -1, 21_000, 0, 0, -1, 0)));
        assertThat(report(true, rounds).table()).containsPattern("(?m)^sse +1 +2,000 ");
        assertThat(report(true, rounds).transports().get(0).total()).isEqualTo(new Spread(2_000, 2_000, 2_000));
    }

    private static MemoryReport report(boolean whole, List<Round> rounds) {
        return new MemoryReport("ringback", "", whole, 0, 10, List.of(TransportCost.of("sse", whole, rounds)));
    }

    private static Reading reading(int connections, long heap) {
        return new Reading(connections, heap, heap, 0, 0, -1, -1);
    }
}
