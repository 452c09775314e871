package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.simulation.LoggedErrors;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Histories in which steps fail and gateways die at random: in the end each job has ended once and nothing is left.
 * {@code -Dqueue.histories=N} plays more; {@code -Dqueue.first=N} begins elsewhere, as to repeat one.
 */
class QueueHistoryTest {
    private static final int HISTORIES = Integer.getInteger("queue.histories", 250);
    private static final long FIRST = Long.getLong("queue.first", 1);

    @Test
    void eachJobEndsOnceWhateverFails() {
        Map<String, Integer> figures = new TreeMap<>();
        try (LoggedErrors errors = new LoggedErrors()) {
            for (long seed = FIRST; seed < FIRST + HISTORIES; seed++) {
                QueueHistory history = new QueueHistory(seed);
                List<String> wrongs = history.play();
                if (!wrongs.isEmpty()) {
                    assertThat(wrongs)
                            .as("seed %d\n  %s\n", seed, String.join("\n  ", history.trace()))
                            .isEmpty();
                }
                assertThat(errors.take()).as("logged with seed %d", seed).isEmpty();
                history.countInto(figures);
            }
        }
        System.out.println("queue histories: " + figures);
        if (HISTORIES >= 200) {
            assertThat(figures).hasSize(7).values().allMatch(count -> count > 0);
        }
    }

    @Test
    void aSeedIsAHistoryThatCanBeRepeated() {
        for (long seed = FIRST; seed < FIRST + 5; seed++) {
            assertThat(trace(seed)).isEqualTo(trace(seed));
        }
    }

    private static List<String> trace(long seed) {
        QueueHistory history = new QueueHistory(seed);
        history.play();
        return history.trace();
    }
}
