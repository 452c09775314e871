package dev.ringback.protocol;

import static dev.ringback.protocol.JobState.CANCELLED;
import static dev.ringback.protocol.JobState.COMPLETED;
import static dev.ringback.protocol.JobState.FAILED;
import static dev.ringback.protocol.JobState.PROCESSING;
import static dev.ringback.protocol.JobState.QUEUED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobStateTest {
    private static final Map<JobState, Set<JobState>> LEGAL = Map.of(
            QUEUED, Set.of(PROCESSING, COMPLETED, FAILED, CANCELLED),
            PROCESSING, Set.of(PROCESSING, COMPLETED, FAILED, CANCELLED),
            COMPLETED, Set.of(),
            FAILED, Set.of(),
            CANCELLED, Set.of());

    @ParameterizedTest
    @CsvSource({
        "queued, QUEUED",
        "pending, QUEUED",
        "processing, PROCESSING",
        "running, PROCESSING",
        "started, PROCESSING",
        "active, PROCESSING",
        "completed, COMPLETED",
        "complete, COMPLETED",
        "done, COMPLETED",
        "success, COMPLETED",
        "succeeded, COMPLETED",
        "finished, COMPLETED",
        "failed, FAILED",
        "error, FAILED",
        "failure, FAILED",
        "cancelled, CANCELLED",
        "canceled, CANCELLED",
        "revoked, CANCELLED"
    })
    void eachSpellingIsReadInAnyCase(String spelling, JobState state) {
        assertThat(JobState.parse(spelling)).isEqualTo(state);
        assertThat(JobState.parse(spelling.toUpperCase(Locale.ROOT))).isEqualTo(state);
        assertThat(JobState.parse(spelling.substring(0, 1).toUpperCase(Locale.ROOT) + spelling.substring(1)))
                .isEqualTo(state);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "done ",
                " done",
                "done\n",
                "complet",
                "finishing",
                "unknown",
                "null",
                "1",
                "proce\u015fsing"
            })
    void otherWordsAreNoState(String word) {
        assertThat(JobState.parse(word)).isNull();
    }

    @Test
    void spellingsAreReadTheSameInTurkey() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            assertThat(JobState.parse("PENDING")).isEqualTo(QUEUED);
            assertThat(JobState.parse("FINISHED")).isEqualTo(COMPLETED);
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theWireNameIsReadBack(JobState state) {
        assertThat(state.wireName()).isEqualTo(state.name().toLowerCase(Locale.ROOT));
        assertThat(JobState.parse(state.wireName())).isEqualTo(state);
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheDrawnMovesAreLegal(JobState from) {
        for (JobState to : JobState.values()) {
            assertThat(from.canMoveTo(to))
                    .as("%s to %s", from, to)
                    .isEqualTo(LEGAL.get(from).contains(to));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTerminalStateIsOneThatNothingFollows(JobState state) {
        assertThat(state.isTerminal()).isEqualTo(LEGAL.get(state).isEmpty());
    }
}
