package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.queue.MortalGateway.Fate;
import dev.ringback.gateway.queue.QueueScene.Staging;
import dev.ringback.gateway.simulation.LoggedErrors;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wherever between two steps a gateway dies, another puts right what it left. */
class KilledGatewayTest {
    private static final int SEEDS = Integer.getInteger("killed.seeds", 4);
    private static final List<Fate> DEATHS = List.of(Fate.DIES_BEFORE, Fate.DIES_AFTER);

    @ParameterizedTest
    @EnumSource
    void eachJobEndsOnceWhereverAGatewayDied(QueueStory story) {
        int most = 0;
        try (LoggedErrors errors = new LoggedErrors()) {
            for (int seed = 1; seed <= SEEDS; seed++) {
                for (Fate death : DEATHS) {
                    most = Math.max(most, play(story, new Staging(seed, 1, death, false)));
                    most = Math.max(most, play(story, new Staging(seed, 1, death, true)));
                }
            }
            assertThat(errors.take()).isEmpty();
        }
        assertThat(most).as("calls of the story").isGreaterThan(1);
    }

    /** For each call of the story: how many there were. */
    private static int play(QueueStory story, Staging first) {
        int number = 1;
        while (true) {
            Staging staging = new Staging(first.seed(), number, first.fate(), first.repeats());
            QueueScene scene = new QueueScene(staging);
            List<String> wrongs = scene.play(story);
            if (!wrongs.isEmpty()) {
                assertThat(wrongs)
                        .as("%s, %s\n  %s\n", story, staging, String.join("\n  ", scene.trace()))
                        .isEmpty();
            }
            if (!scene.hasDied()) {
                return number - 1;
            }
            number++;
        }
    }
}
