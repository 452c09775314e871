package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ringback.gateway.simulation.LoggedErrors;
import dev.ringback.protocol.JobState;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Whatever a client sends on a WebSocket: each frame that comes back is well formed, and in the end the connection is closed. */
class FrameFuzzTest {
    private static final int LONGEST_SECONDS = 60;
    private static final byte[] HANDSHAKE =
            ("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                    .getBytes(ISO_8859_1);

    private static LoggedErrors errors;

    @BeforeAll
    static void listen() {
        errors = new LoggedErrors();
    }

    @AfterAll
    static void stopListening() {
        errors.close();
    }

    /**
     * The first byte says in pieces of how many bytes the others arrive. Where the second is 0, the others are texts with a line feed behind
     * each, and are sent as frames; else they are sent as they are.
     */
    @FuzzTest
    @DictionaryEntries({
        "{\\x22subscribe\\x22:\\x22live\\x22}\\x0A",
        "{\\x22subscribe\\x22:[\\x22done\\x22,\\x22live\\x22,\\x22none\\x22],\\x22after\\x22:{\\x22live\\x22:\\x22life1-1\\x22}}\\x0A",
        "{\\x22unsubscribe\\x22:[\\x22live\\x22]}\\x0A",
        "{\\x22ping\\x22:1}\\x0A"
    })
    void whateverIsSentIsAnsweredOrClosed(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 2, input.length);
        byte[] frames = input[1] == 0 ? frames(rest) : rest;
        EmbeddedGateway gateway = new EmbeddedGateway();
        gateway.send(HANDSHAKE, HANDSHAKE.length);
        gateway.send(frames, Math.max(1, input[0] == 0 ? frames.length : input[0] & 0xFF));
        gateway.move("live", JobState.COMPLETED);
        for (int seconds = 0; gateway.isOpen(); seconds++) {
            assertThat(seconds).as("seconds after the last byte").isLessThan(LONGEST_SECONDS);
            gateway.pass(1000);
        }
        gateway.pass(2000);
        assertThat(new SentBytes(gateway.sent()).statuses()).containsExactly(101);
        assertThat(errors.take()).isEmpty();
        gateway.checkNothingIsLeft();
    }

    private static byte[] frames(byte[] texts) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (String text : new String(texts, ISO_8859_1).split("\n")) {
            frames.writeBytes(TransportTest.Wire.maskedFrame(0x81, text.getBytes(ISO_8859_1)));
        }
        return frames.toByteArray();
    }
}
