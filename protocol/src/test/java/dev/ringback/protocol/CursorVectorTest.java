package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorVectorTest {
    private static final int ROUNDS = 20_000;
    private static final String PIECES = "azAZ09.._~-+ \u00e9\u0661\uff11\ud83d\ude00\u0000\n";

    @Test
    void aVectorIsReadBack() {
        String hash = CursorVector.hashOf(List.of("k3f9a", "", "m2"));
        CursorVector vector = new CursorVector(hash, List.of(35L, 0L, 1_679_615L));
        assertThat(vector.text()).isEqualTo(hash + ".z.0.zzzz");
        assertThat(CursorVector.parse(vector.text())).isEqualTo(vector);
    }

    @Test
    void theHashHasSixCharactersAndFollowsTheIncarnationsInOrder() {
        assertThat(CursorVector.hashOf(List.of("a", "b"))).matches("[A-Za-z0-9_-]{6}");
        assertThat(CursorVector.hashOf(List.of("a", "b"))).isEqualTo(CursorVector.hashOf(List.of("a", "b")));
        assertThat(CursorVector.hashOf(List.of("a", "b"))).isNotEqualTo(CursorVector.hashOf(List.of("b", "a")));
        assertThat(CursorVector.hashOf(List.of("a", "b"))).isNotEqualTo(CursorVector.hashOf(List.of("a", "c")));
        assertThat(CursorVector.hashOf(List.of("a", ""))).isNotEqualTo(CursorVector.hashOf(List.of("a")));
    }

    @Test
    void theMostJobsFitWithFourDigitsEach() {
        String hash = CursorVector.hashOf(Collections.nCopies(CursorVector.MAX_JOBS, "k3f9a"));
        CursorVector most = new CursorVector(hash, Collections.nCopies(CursorVector.MAX_JOBS, 1_679_615L));
        assertThat(most.text()).hasSizeLessThanOrEqualTo(128).matches("[A-Za-z0-9._-]+");
        assertThat(CursorVector.parse(most.text())).isEqualTo(most);
    }

    @Test
    void aVectorThatWouldBeTooLongHasNoText() {
        CursorVector vector = new CursorVector("v00000", Collections.nCopies(CursorVector.MAX_JOBS, Long.MAX_VALUE));
        assertThat(vector.text()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "......",
                "v00000",
                "v00000.",
                "v00000..1",
                "v00000.1.",
                "v00000.1..2",
                "v0000.12",
                "v000000.1",
                "k3f9a-7",
                "v00000.1 ",
                "v00000. 1",
                "v00000.1,2",
                "v00000.\u00e9",
                "v00000.1!",
                "v00000.zzzzzzzzzzzzzzz"
            })
    void aMalformedVectorIsNone(String text) {
        assertThat(CursorVector.parse(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v00000.-1", "v00000.+1", "v00000.1.-z", "v00000.\u0661", "v00000.\uff11"})
    void aVersionWithASignOrForeignDigitsIsMalformed(String text) {
        assertThat(CursorVector.parse(text)).isNull();
    }

    @Test
    void anOversizedVectorIsNone() {
        assertThat(CursorVector.parse(null)).isNull();
        assertThat(CursorVector.parse("v00000" + ".1".repeat(61))).isNotNull();
        assertThat(CursorVector.parse("v00000" + ".1".repeat(62))).isNull();
        assertThat(CursorVector.parse("v00000." + "0".repeat(10_000))).isNull();
    }

    @Test
    void randomTextNeverThrows() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("CursorVectorTest: -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "v1a2b3.1.zz.0" : "");
            for (int i = random.nextInt(6); i > 0; i--) {
                char piece = PIECES.charAt(random.nextInt(PIECES.length()));
                text.insert(random.nextInt(text.length() + 1), piece);
            }
            CursorVector vector = CursorVector.parse(text.toString());
            if (vector != null) {
                assertThat(vector.text()).as("seed %d, %s", seed, text).isNotNull();
                assertThat(CursorVector.parse(vector.text()))
                        .as("seed %d, %s", seed, text)
                        .isEqualTo(vector);
            }
        }
    }
}
