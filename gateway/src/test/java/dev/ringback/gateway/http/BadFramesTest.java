package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawWebSocket.BINARY;
import static dev.ringback.gateway.http.RawWebSocket.CLOSE;
import static dev.ringback.gateway.http.RawWebSocket.PING;
import static dev.ringback.gateway.http.RawWebSocket.PONG;
import static dev.ringback.gateway.http.RawWebSocket.TEXT;
import static dev.ringback.gateway.http.RawWebSocket.frame;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.TestGateway;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a WebSocket client may do wrong: each breach of the protocol has its close code, each bad command is answered. */
class BadFramesTest {
    private static final int FIN = 0x80;
    private static final int MAX_MESSAGE = 1_024;
    private static final int MAX_COMMANDS = 30;
    private static final int ROUNDS = 150;
    private static final byte[] NOTHING = {};
    private static final String PING_COMMAND = "{\"ping\":1}";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "websocket.frame-bytes=" + MAX_MESSAGE,
                "websocket.commands-per-second=" + MAX_COMMANDS,
                "limits.subscriptions-per-connection=2",
                "jobs.unknown=wait");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({
        "an unmasked text, 81027b7d, 1002",
        "an unmasked ping, 8900, 1002",
        "an unmasked close, 880203e8, 1002",
        "reserved bit 1, c18000000000, 1002",
        "reserved bit 2, a18000000000, 1002",
        "reserved bit 3, 918000000000, 1002",
        "reserved bit on a ping, c98000000000, 1002",
        "opcode 3, 838000000000, 1002",
        "opcode 4, 848000000000, 1002",
        "opcode 5, 858000000000, 1002",
        "opcode 6, 868000000000, 1002",
        "opcode 7, 878000000000, 1002",
        "opcode 11, 8b8000000000, 1002",
        "opcode 12, 8c8000000000, 1002",
        "opcode 13, 8d8000000000, 1002",
        "opcode 14, 8e8000000000, 1002",
        "opcode 15, 8f8000000000, 1002",
        "a fragmented ping, 098000000000, 1002",
        "a fragmented pong, 0a8000000000, 1002",
        "a fragmented close, 088000000000, 1002",
        "a ping of 126 bytes, 89fe007e00000000, 1002",
        "a pong of 65536 bytes, 8aff000000000001000000000000, 1002",
        "a close of 126 bytes, 88fe007e00000000, 1002",
        "a continuation of nothing, 808000000000, 1002",
        "an open continuation of nothing, 008000000000, 1002",
        "a second start in a message, 0181000000006181810000000062, 1002",
        "a binary start in a message, 0181000000006182810000000062, 1002",
        "125 as two bytes, 81fe007d00000000, 1002",
        "125 as eight bytes, 81ff000000000000007d00000000, 1002",
        "65535 as eight bytes, 81ff000000000000ffff00000000, 1002",
        "a negative length, 81ffffffffffffffffff00000000, 1002",
        "a close with one byte, 88810000000003, 1002",
        "a close with bad UTF-8, 88840000000003e8c080, 1007",
        "a binary message, 82810000000061, 1003",
        "an empty binary message, 828000000000, 1003",
        "a binary message in pieces, 0281000000006180810000000062, 1003",
        "bad UTF-8, 818100000000ff, 1007",
        "overlong UTF-8, 818200000000c080, 1007",
        "half a character at the end, 818200000000e282, 1007",
        "a surrogate, 818300000000eda080, 1007",
        "bad UTF-8 in the second piece, 0181000000006180810000000080, 1007"
    })
    void aBreachOfTheProtocolIsClosedWithItsCode(String name, String hex, int code) {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.send(HexFormat.of().parseHex(hex)).isClosedWith(code);
        }
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.isAlive();
            client.send(HexFormat.of().parseHex(hex)).isClosedWith(code);
        }
    }

    @Test
    void aMessageUpToTheLimitIsTakenAndOneByteMoreIsNot() {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.text(PING_COMMAND + " ".repeat(MAX_MESSAGE - PING_COMMAND.length()));
            assertThat(client.json().has("pong")).isTrue();
            client.text(PING_COMMAND + " ".repeat(MAX_MESSAGE + 1 - PING_COMMAND.length()))
                    .isClosedWith(1009);
        }
    }

    @Test
    void aMessageThatIsTooLargeInPiecesIsClosed() {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.send(frame(TEXT, new byte[MAX_MESSAGE / 2]));
            client.send(frame(0, new byte[MAX_MESSAGE / 2]));
            client.send(frame(FIN, new byte[1])).isClosedWith(1009);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "81fe040100000000",
                "81ff000000000001000000000000",
                "81ff7fffffffffffffff00000000",
                "82ff400000000000000000000000"
            })
    void aFrameThatIsDeclaredTooLargeIsClosedBeforeItIsSent(String hex) {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.send(HexFormat.of().parseHex(hex)).isClosedWith(1009, 1003);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999})
    void aCloseCodeThatNobodyMaySendIsAProtocolError(int code) {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.send(frame(FIN | CLOSE, closing(code, ""))).isClosedWith(1002);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999})
    void aCloseIsAnsweredWithTheSame(int code) {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.send(frame(FIN | CLOSE, closing(code, "bye \u00e9"))).isClosedWith(code);
        }
    }

    @Test
    void aCloseWithoutACodeIsAnsweredWithoutOne() {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.send(frame(FIN | CLOSE, NOTHING)).isClosedWith(1005);
        }
    }

    @Test
    void whatFollowsACloseIsNotRead() {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.send(frame(FIN | CLOSE, closing(1000, "")))
                    .text(PING_COMMAND)
                    .isClosedWith(1000);
        }
    }

    @Test
    void aFloodOfCommandsIsClosedAsPolicy() {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            for (int i = 0; i < MAX_COMMANDS + 5; i++) {
                client.text(PING_COMMAND);
            }
            RawWebSocket.Frame frame = client.next();
            int pongs = 0;
            while (frame.opcode() == TEXT) {
                pongs++;
                frame = client.next();
            }
            assertThat(frame.closeCode()).isEqualTo(1008);
            assertThat(pongs).isEqualTo(MAX_COMMANDS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "null",
                "[]",
                "{}",
                "{",
                "{\"subscribe\"",
                "{\"ping\":1}{\"ping\":1}",
                "{\"hello\":1}",
                "{\"ping\":\"1\"}",
                "{\"ping\":1e99}",
                "{\"subscribe\":1}",
                "{\"subscribe\":null}",
                "{\"subscribe\":[]}",
                "{\"subscribe\":\"\"}",
                "{\"subscribe\":\"a b\"}",
                "{\"subscribe\":[\"a\",\"b/c\"]}",
                "{\"subscribe\":[\"a\",1]}",
                "{\"subscribe\":[[\"a\"]]}",
                "{\"subscribe\":\"job:\"}",
                "{\"unsubscribe\":{}}",
                "{\"unsubscribe\":[\"\u00e9\"]}",
                "{\"subscribe\":\"\\ud800\"}",
                "\u0000"
            })
    void aBadCommandIsAnsweredAndTheConnectionLives(String command) {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            JsonNode error = client.text(command).json().path("error");
            assertThat(error.path("type").textValue()).isNotBlank();
            assertThat(error.path("title").textValue()).isNotBlank();
            assertThat(error.path("status").intValue()).isEqualTo(400);
            assertThat(error.path("detail").textValue()).isNotBlank();
            client.isAlive();
        }
    }

    @Test
    void tooLongAnIdAndTooDeepACommandAreAnswered() {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            for (String command : List.of(
                    "{\"subscribe\":\"" + "x".repeat(129) + "\"}",
                    "{\"subscribe\":" + "[".repeat(1_000),
                    "{\"ping\":" + "9".repeat(1_000) + "}",
                    "{\"" + "x".repeat(1_000) + "\":1}")) {
                assertThat(client.text(command)
                                .json()
                                .path("error")
                                .path("status")
                                .intValue())
                        .isEqualTo(400);
            }
            client.isAlive();
        }
    }

    @Test
    void aSubscriptionBeyondTheLimitIsRefusedByName() {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.text("{\"subscribe\":[\"limit-a\",\"limit-b\",\"limit-c\"]}");
            assertThat(client.json().path("subscribed")).hasToString("[\"limit-a\",\"limit-b\"]");
            JsonNode refusal = client.json();
            assertThat(refusal.path("jobId").textValue()).isEqualTo("limit-c");
            assertThat(refusal.path("error").path("status").intValue()).isEqualTo(429);
            client.text("{\"unsubscribe\":\"limit-a\"}");
            assertThat(client.json().path("unsubscribed")).hasToString("[\"limit-a\"]");
            client.text("{\"subscribe\":\"limit-c\"}");
            assertThat(client.json().path("subscribed")).hasToString("[\"limit-c\"]");
        }
    }

    @Test
    void whatIsUnusualButLegalIsTaken() {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.send(frame(TEXT, "{\"pi".getBytes(UTF_8)));
            client.send(frame(FIN | PING, "between".getBytes(UTF_8)));
            assertThat(client.next())
                    .usingRecursiveComparison()
                    .isEqualTo(new RawWebSocket.Frame(PONG, "between".getBytes(UTF_8)));
            client.send(frame(0, NOTHING)).send(frame(FIN | PONG, NOTHING)).send(frame(FIN, "ng\":7}".getBytes(UTF_8)));
            assertThat(client.json().path("pong").intValue()).isEqualTo(7);
            for (byte b : frame(FIN | TEXT, "{\"\u00e9\":1,\"ping\":8}".getBytes(UTF_8))) {
                client.send(new byte[] {b});
            }
            assertThat(client.json().path("pong").intValue()).isEqualTo(8);
            client.send(frame(FIN | PING, new byte[125]));
            assertThat(client.next().data()).hasSize(125);
        }
    }

    @Test
    void damagedFramesAreAnsweredOrClosedWithALegalCode() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("BadFramesTest: -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>(List.of(
                frame(FIN | TEXT, PING_COMMAND.getBytes(UTF_8)),
                frame(FIN | TEXT, "{\"subscribe\":[\"a\",\"b\"]}".getBytes(UTF_8)),
                frame(TEXT, "{\"ping\"".getBytes(UTF_8)),
                frame(FIN, ":1}".getBytes(UTF_8)),
                frame(FIN | PING, "x".getBytes(UTF_8)),
                frame(FIN | BINARY, NOTHING),
                frame(FIN | CLOSE, closing(1000, ""))));
        for (int round = 0; round < ROUNDS; round++) {
            try (RawConnection connection = new RawConnection(gateway)) {
                assertThat(connection.exchange(RawWebSocket.handshake("/ws")).status())
                        .isEqualTo(101);
                for (int i = 0; i < 4; i++) {
                    byte[] bytes = frames.get(random.nextInt(frames.size())).clone();
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                    connection.send(bytes);
                }
                connection.finish();
                assertThat(connection.rest().getBytes(ISO_8859_1).length)
                        .as("seed %d", seed)
                        .isLessThan(10_000);
            }
        }
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws")) {
            client.isAlive();
        }
    }

    private static byte[] closing(int code, String reason) {
        byte[] text = reason.getBytes(UTF_8);
        return ByteBuffer.allocate(2 + text.length)
                .putShort((short) code)
                .put(text)
                .array();
    }
}
