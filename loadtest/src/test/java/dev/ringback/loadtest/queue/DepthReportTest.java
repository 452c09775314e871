package dev.ringback.loadtest.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.queue.DepthFigures.Held;
import dev.ringback.loadtest.queue.DepthFigures.Times;
import dev.ringback.loadtest.queue.DepthReport.Pair;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DepthReportTest {
    @Test
    void bytesAreOfTheJobsThatCameBetween() {
        Pair pair = new Pair(
                figures(1_000, 50), figures(11_000, 60), new Held(5_000, 100), new Held(10_005_000, 2_000_100));

        assertThat(pair.bytesPerJob()).isEqualTo(1_000);
        assertThat(pair.queueBytesPerJob()).isEqualTo(200);
    }

    @Test
    void whatAStoreCannotTellIsADash() {
        Pair pair = new Pair(figures(1_000, 50), figures(2_000, 60), new Held(0, -1), new Held(700_000, -1));

        assertThat(new DepthReport(3, List.of(pair)).table()).containsPattern("redis +700 +–");
    }

    @Test
    void aLeaseThatTakesMuchLongerFromADeepQueueIsWrong() {
        Pair pair = new Pair(figures(1_000, 50), figures(2_000, 200), new Held(0, -1), new Held(1, -1));

        assertThat(new DepthReport(3, List.of(pair)).verdicts())
                .containsExactly("redis: a lease takes 4.0 times as long where 2,000 wait as where 1,000 do");
        assertThat(new DepthReport(4, List.of(pair)).verdicts()).isEmpty();
    }

    private static DepthFigures figures(int waiting, double lease) {
        return new DepthFigures("redis", waiting, Map.of("lease", new Times(lease, 2 * lease)), Map.of("take", 40.0));
    }
}
