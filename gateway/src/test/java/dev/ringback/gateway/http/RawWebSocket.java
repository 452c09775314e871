package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A WebSocket client that sends any frame, right or wrong, and reads frames as RFC 6455, section 5.2, draws them. */
final class RawWebSocket implements AutoCloseable {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] MASK = {0x12, (byte) 0xF4, 0x00, 0x7F};

    /** A frame that came. */
    record Frame(int opcode, byte[] data) {
        String text() {
            return new String(data, UTF_8);
        }

        int closeCode() {
            assertThat(opcode).as("the opcode of a frame with %s", text()).isEqualTo(CLOSE);
            return data.length == 0 ? 1005 : ByteBuffer.wrap(data).getShort();
        }
    }

    private final RawConnection connection;

    private RawWebSocket(RawConnection connection) {
        this.connection = connection;
    }

    static RawWebSocket open(TestGateway gateway, String target, String... headerLines) {
        return open(new RawConnection(gateway), target, headerLines);
    }

    static RawWebSocket open(RawConnection connection, String target, String... headerLines) {
        Answer answer = connection.exchange(handshake(target, headerLines));
        assertThat(answer.status()).as(answer.head()).isEqualTo(101);
        return new RawWebSocket(connection);
    }

    static String handshake(String target, String... moreLines) {
        String[] lines = {
            "Connection: keep-alive, Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
        };
        String[] all = Arrays.copyOf(lines, lines.length + moreLines.length);
        System.arraycopy(moreLines, 0, all, lines.length, moreLines.length);
        return RawConnection.request("GET", target, all);
    }

    /** The bytes of a frame; the first byte holds FIN, the reserved bits and the opcode. */
    static byte[] frame(int first, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (data.length < 126) {
            out.write(0x80 | data.length);
        } else if (data.length < 65_536) {
            out.write(0x80 | 126);
            out.write(data.length >> 8);
            out.write(data.length);
        } else {
            out.write(0x80 | 127);
            out.writeBytes(ByteBuffer.allocate(8).putLong(data.length).array());
        }
        out.writeBytes(MASK);
        for (int i = 0; i < data.length; i++) {
            out.write(data[i] ^ MASK[i % 4]);
        }
        return out.toByteArray();
    }

    RawWebSocket send(byte[] bytes) {
        connection.send(bytes);
        return this;
    }

    /** A whole text message in one frame. */
    RawWebSocket text(String text) {
        return send(frame(0x80 | TEXT, text.getBytes(UTF_8)));
    }

    /** The next frame, whatever it is. */
    Frame next() {
        byte[] head = connection.read(2);
        assertThat(head[0] & 0xF0).as("FIN, and no reserved bit").isEqualTo(0x80);
        assertThat(head[1] & 0x80).as("servers do not mask").isZero();
        int length = head[1] & 0x7F;
        if (length == 126) {
            length = ByteBuffer.wrap(connection.read(2)).getShort() & 0xFFFF;
        } else if (length == 127) {
            length = Math.toIntExact(ByteBuffer.wrap(connection.read(8)).getLong());
        }
        return new Frame(head[0] & 0xF, connection.read(length));
    }

    /** The next message, which is JSON. */
    JsonNode json() {
        Frame frame = next();
        assertThat(frame.opcode()).as(frame.text()).isEqualTo(TEXT);
        try {
            return JSON.readTree(frame.text());
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + frame.text(), e);
        }
    }

    /** The gateway closes with the code, and nothing follows. */
    void isClosedWith(Integer... codes) {
        Frame frame = next();
        assertThat(frame.closeCode()).as(frame.text()).isIn((Object[]) codes);
        assertThat(connection.rest()).as("what follows a close frame").isEmpty();
    }

    /** The connection still answers. */
    void isAlive() {
        text("{\"ping\":4711}");
        assertThat(json().path("pong").intValue()).isEqualTo(4711);
    }

    @Override
    public void close() {
        connection.close();
    }
}
