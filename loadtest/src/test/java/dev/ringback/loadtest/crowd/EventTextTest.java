package dev.ringback.loadtest.crowd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventTextTest {
    private final EventText text = new EventText();

    private boolean read(String event) {
        byte[] bytes = ("xx" + event + "yy").getBytes(ISO_8859_1);
        return text.read(bytes, 2, bytes.length - 2);
    }

    /** A job that has ended still shows its last progress, which is older than its result. */
    @Test
    void newestStampIsWhenTheEventWasDue() {
        assertThat(read("{\"jobId\":\"j\",\"status\":\"completed\",\"version\":3,"
                        + "\"progress\":\"@0000000000007\",\"result\":\"@000000000000a\"}"))
                .isTrue();
        assertThat(text.dueNanos()).isEqualTo(10);
        assertThat(text.ends()).isTrue();
        assertThat(text.version()).isEqualTo(3);
    }

    @Test
    void eventThatTheHarnessDidNotMakeHasNoStamp() {
        assertThat(read("{\"jobId\":\"j\",\"status\":\"queued\",\"version\":1}"))
                .isTrue();
        assertThat(text.dueNanos()).isEqualTo(EventText.NO_STAMP);
        assertThat(text.ends()).isFalse();
        assertThat(read("{\"status\":\"queued\"}")).isFalse();
    }
}
