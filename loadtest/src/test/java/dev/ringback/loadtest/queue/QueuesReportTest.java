package dev.ringback.loadtest.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.queue.QueueRound.Leg;
import dev.ringback.loadtest.queue.Trips.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueuesReportTest {
    private static final QueueLoad LOAD = new QueueLoad(1_000, 1, 2, 4, 8, 100);

    @Test
    void figuresAreMediansOfTheRoundsWithTheirSpread() {
        QueuesReport report =
                new QueuesReport(LOAD, List.of(round("redis", 900), round("BullMQ", 800), round("redis", 1_100)));

        assertThat(report.table())
                .contains("due → told")
                .contains("1,000 (900 – 1,100)")
                .contains("800 (800 – 800)")
                .contains("Redis 50, gateway 40; 6.0 scripts of Redis");
        assertThat(report.verdicts()).isEmpty();
    }

    @Test
    void aFaultOfOneRoundIsSaidWithWhoseItIs() {
        QueuesReport report = new QueuesReport(LOAD, List.of(round("redis", 900), round("BullMQ", 800, "timed out")));

        assertThat(report.verdicts()).containsExactly("BullMQ: timed out");
        assertThat(report.conclusion()).isEmpty();
    }

    @Test
    void thePageAndTheFiguresAreWritten(@TempDir Path directory) throws Exception {
        Path page = new QueuesReport(LOAD, List.of(round("redis", 900))).write(directory);

        assertThat(Files.readString(page)).contains("Every job was done once");
        assertThat(Files.readString(directory.resolve("result.json"))).contains("\"p50\" : 900.0");
    }

    private static QueueRound round(String name, double p50, String... faults) {
        List<Leg> legs = Arrays.stream(Stop.values())
                .map(stop -> new Leg(stop, 10, p50, 2 * p50, 3 * p50, 4 * p50))
                .toList();
        return new QueueRound(name, legs, Map.of("gateway", 40.0, "Redis", 50.0), 6, List.of(faults));
    }
}
