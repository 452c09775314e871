package dev.ringback.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleTest {
    private static List<String> words(Scale scale) {
        return scale.ticks().stream().map(Scale.Tick::text).toList();
    }

    @Test
    void linearScaleEndsAtTheFirstRoundNumberAbove() {
        Scale scale = Scale.linear("", Unit.COUNT, 1_050);

        assertThat(words(scale)).containsExactly("0", "200", "400", "600", "800", "1,000", "1,200");
        assertThat(scale.at(600)).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void scaleOfBytesHasPowersOfTwo() {
        assertThat(words(Scale.linear("", Unit.BYTES, 200 << 20)))
                .containsExactly("0 B", "64 MiB", "128 MiB", "192 MiB", "256 MiB");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-6, 0.3, 1, 7, 99.999, 1e15})
    void linearScaleHasFewTicksInOrderFromZeroToTheEnd(double greatest) {
        Scale scale = Scale.linear("", Unit.COUNT, greatest);

        assertThat(scale.ticks()).hasSizeBetween(2, 8);
        assertThat(scale.ticks()).isSortedAccordingTo(java.util.Comparator.comparingDouble(Scale.Tick::at));
        assertThat(scale.ticks().get(0).at()).isZero();
        assertThat(scale.ticks().get(scale.ticks().size() - 1).at()).isCloseTo(1, within(1e-9));
        assertThat(scale.place().applyAsDouble(greatest)).isBetween(0.0, 1 + 1e-9);
    }

    @Test
    void eachNineOfAPercentileTakesTheSameRoom() {
        Scale scale = Scale.percentiles("", 10_000);

        assertThat(words(scale)).containsExactly("0 %", "90 %", "99 %", "99.9 %", "99.99 %");
        assertThat(scale.at(0)).isZero();
        assertThat(scale.at(90)).isCloseTo(0.25, within(1e-9));
        assertThat(scale.at(99)).isCloseTo(0.5, within(1e-9));
        assertThat(scale.at(99.99)).isCloseTo(1, within(1e-6));
        assertThat(scale.at(100)).isEqualTo(1);
    }

    @Test
    void logarithmicScaleCoversWholeDecades() {
        Scale scale = Scale.logarithmic("", Unit.MICROSECONDS, 150, 4_000);

        assertThat(words(scale)).containsExactly("100 µs", "200 µs", "500 µs", "1 ms", "2 ms", "5 ms", "10 ms");
        assertThat(scale.at(1_000)).isCloseTo(0.5, within(1e-9));
    }
}
