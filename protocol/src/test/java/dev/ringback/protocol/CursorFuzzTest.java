package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Cursors as clients send them: whatever comes is a cursor or none, and a cursor survives being printed and read again. */
class CursorFuzzTest {
    @FuzzTest
    void anyTextIsACursorOrNone(byte[] input) {
        String text = new String(input, UTF_8);
        checkCursor(text);
        checkVector(text);
    }

    private static void checkCursor(String text) {
        Cursor cursor = Cursor.parse(text);
        if (cursor == null) {
            return;
        }
        assertThat(cursor.toString()).matches("[A-Za-z0-9]{1,32}-[1-9][0-9]{0,17}");
        assertThat(text).contains(cursor.incarnation() + "-");
        assertThat(Cursor.parse(cursor.toString())).isEqualTo(cursor);
        assertThat(Cursor.parse(cursor.etag())).isEqualTo(cursor);
    }

    private static void checkVector(String text) {
        CursorVector vector = CursorVector.parse(text);
        if (vector == null) {
            return;
        }
        assertThat(text.length()).isLessThanOrEqualTo(CursorVector.MAX_LENGTH);
        assertThat(vector.versions()).isNotEmpty().allMatch(version -> version >= 0);
        String printed = vector.text();
        assertThat(printed).isNotNull().matches("[a-z0-9]{6}(\\.[a-z0-9]+)+").hasSizeLessThanOrEqualTo(text.length());
        assertThat(CursorVector.parse(printed)).isEqualTo(vector);
    }
}
