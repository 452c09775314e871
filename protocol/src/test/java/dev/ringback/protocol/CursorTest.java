package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    private static final int ROUNDS = 20_000;
    private static final String PIECES = "aZ09-\"W/ .,*\t\r\n\u00e9\u0661\ud83d\ude00\u0000";

    @ParameterizedTest
    @CsvSource({"k3f9a, 1", "k3f9a, 7", "A, 42", "0, 999999999999999999", "abcdefghijklmnopqrstuvwxyz012345, 1"})
    void aCursorIsReadBackBareAndAsAnEntityTag(String incarnation, long version) {
        Cursor cursor = new Cursor(incarnation, version);
        assertThat(cursor).hasToString(incarnation + "-" + version);
        assertThat(cursor.etag()).isEqualTo("W/\"" + incarnation + "-" + version + "\"");
        assertThat(Cursor.parse(cursor.toString())).isEqualTo(cursor);
        assertThat(Cursor.parse(cursor.etag())).isEqualTo(cursor);
        assertThat(Cursor.parse("\"" + cursor + "\"")).isEqualTo(cursor);
        assertThat(Cursor.parse("  " + cursor + " ")).isEqualTo(cursor);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-",
                "k-",
                "-1",
                "k",
                "7",
                "k-0",
                "k--1",
                "k-+1",
                "k-1.0",
                "k-1e3",
                "k-0x1",
                "k- 1",
                "k -1",
                "k-1a",
                "k_x-1",
                "k.x-1",
                "k-1-",
                "\"k-1",
                "k-1\"",
                "W/\"k-1",
                "W/",
                "\"",
                "\"\"",
                "W/\"\"",
                "*",
                "k\u00e9-1",
                "\u0661-1",
                "k-\u0661",
                "k\u0000-1",
                "k-1,k-2",
                "null",
                "undefined"
            })
    void aMalformedCursorIsNone(String text) {
        assertThat(Cursor.parse(text)).isNull();
    }

    @Test
    void anOversizedCursorIsNone() {
        assertThat(Cursor.parse("k".repeat(33) + "-1")).isNull();
        assertThat(Cursor.parse("k-" + "1".repeat(19))).isNull();
        assertThat(Cursor.parse("k-99999999999999999999999999")).isNull();
        assertThat(Cursor.parse("k".repeat(10_000))).isNull();
        assertThat(Cursor.parse("k-" + "0".repeat(10_000) + "1")).isNull();
        assertThat(Cursor.parse(null)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"'', 1", "a-b, 1", "a b, 1", "k, 0", "k, -1", "abcdefghijklmnopqrstuvwxyz0123456, 1"})
    void aCursorThatCouldNotBeReadBackIsNotMade(String incarnation, long version) {
        assertThatThrownBy(() -> new Cursor(incarnation, version)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aForeignOrFutureCursorHasSeenNothing() throws InvalidDocumentException {
        JobEvent event =
                Documents.event("{\"jobId\":\"1\",\"status\":\"processing\",\"version\":7,\"incarnation\":\"k\"}");
        assertThat(event.isNewerThan(new Cursor("k", 6))).isTrue();
        assertThat(event.isNewerThan(new Cursor("k", 7))).isFalse();
        assertThat(event.isAt(new Cursor("k", 7))).isTrue();
        assertThat(event.isAt(new Cursor("k", 8))).isFalse();
        assertThat(event.isAt(new Cursor("other", 7))).isFalse();
        assertThat(event.isAt(null)).isFalse();
        assertThat(event.cursor()).isEqualTo(new Cursor("k", 7));
    }

    @Test
    void whateverIsReadIsReadBackAndNothingThrows() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("CursorTest: -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "k3f9a-7" : "");
            for (int i = random.nextInt(6); i > 0; i--) {
                char piece = PIECES.charAt(random.nextInt(PIECES.length()));
                text.insert(random.nextInt(text.length() + 1), piece);
            }
            Cursor cursor = Cursor.parse(text.toString());
            if (cursor != null) {
                assertThat(Cursor.parse(cursor.etag()))
                        .as("seed %d, %s", seed, text)
                        .isEqualTo(cursor);
            }
        }
    }
}
