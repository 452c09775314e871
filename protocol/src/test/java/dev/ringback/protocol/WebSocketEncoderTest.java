package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketEncoderTest {
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    /** One frame, read as RFC 6455, section 5.2, draws it. */
    private record Frame(int opcode, byte[] data, int headerLength) {
        static Frame only(Consumer<ByteBuf> writer) {
            ByteBuf out = Unpooled.buffer();
            writer.accept(out);
            byte[] bytes = ByteBufUtil.getBytes(out);
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int first = in.get() & 0xFF;
            int second = in.get() & 0xFF;
            assertThat(first & 0xF0).as("FIN, and no reserved bit").isEqualTo(0x80);
            assertThat(second & 0x80).as("servers do not mask").isZero();
            long length = second;
            if (second == 126) {
                length = in.getShort() & 0xFFFF;
                assertThat(length).as("the shortest form").isGreaterThan(125);
            } else if (second == 127) {
                length = in.getLong();
                assertThat(length).as("the shortest form").isGreaterThan(0xFFFF);
            }
            assertThat(length).as("exactly one frame").isEqualTo(in.remaining());
            return new Frame(first & 0xF, Arrays.copyOfRange(bytes, in.position(), bytes.length), in.position());
        }

        JsonNode json() {
            assertThat(opcode).isEqualTo(TEXT);
            return Documents.parse(text());
        }

        String text() {
            try {
                return UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
            } catch (CharacterCodingException e) {
                throw new AssertionError("a text frame that is not UTF-8", e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"124, 2", "125, 2", "126, 4", "127, 4", "65534, 4", "65535, 4", "65536, 10", "65537, 10", "200000, 10"})
    void eachFormOfTheLengthIsUsedWhereItIsDue(int length, int headerLength) throws InvalidDocumentException {
        String shortest = Documents.member(Documents.JOB, "\"a\":\"\"");
        int fixed = Frame.only(out -> WebSocketEncoder.event(uncheckedEvent(shortest), out))
                .data()
                .length;
        JobEvent event =
                Documents.event(Documents.member(Documents.JOB, "\"a\":\"" + "x".repeat(length - fixed) + "\""));
        Frame frame = Frame.only(out -> WebSocketEncoder.event(event, out));
        assertThat(frame.data()).hasSize(length);
        assertThat(frame.headerLength()).isEqualTo(headerLength);
        assertThat(Documents.memberNames(frame.json()))
                .containsExactly("event", "a", "jobId", "status", "version", "incarnation");
        assertThat(WebSocketEncoder.sizeHint(event)).isGreaterThanOrEqualTo(length + headerLength);
    }

    @ParameterizedTest
    @EnumSource
    void theEventsNameIsPutInFrontOfTheJob(EventName name) throws InvalidDocumentException {
        JobEvent event = Documents.event(Documents.JOB);
        Frame frame = Frame.only(out -> WebSocketEncoder.event(event, name, out));
        assertThat(frame.text()).isEqualTo("{\"event\":\"" + name.wireName() + "\"," + Documents.JOB.substring(1));
    }

    @Test
    void whatCallersWroteIsSplicedAsItIs() throws InvalidDocumentException {
        for (String value : Documents.OPAQUE) {
            JobEvent event = Documents.event(Documents.member(Documents.JOB, "\"result\":" + value));
            Frame frame = Frame.only(out -> WebSocketEncoder.event(event, out));
            assertThat(frame.text())
                    .isEqualTo("{\"event\":\"status\",\"result\":" + value + "," + Documents.JOB.substring(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\r\n\t", "\ufeff"})
    void whatStandsInFrontOfTheDocumentIsDropped(String space) throws InvalidDocumentException {
        JobEvent event = Documents.event(space + Documents.JOB + "\n");
        JsonNode json = Frame.only(out -> WebSocketEncoder.event(event, out)).json();
        assertThat(Documents.memberNames(json)).containsExactly("event", "jobId", "status", "version", "incarnation");
    }

    @ParameterizedTest
    @EnumSource
    void goneNamesTheJobAndTheReason(GoneReason reason) {
        Frame frame = Frame.only(out -> WebSocketEncoder.gone(JobId.of("1"), reason, out));
        assertThat(frame.text())
                .isEqualTo("{\"event\":\"gone\",\"jobId\":\"1\",\"reason\":\"" + reason.wireName() + "\"}");
    }

    @Test
    void answersToCommandsAreJson() {
        List<JobId> ids = List.of(JobId.of("123"), JobId.of("a:b~c"));
        Problem problem = new Problem(400, "c", "t", "say \"ping\"");
        assertThat(Frame.only(out -> WebSocketEncoder.subscribed(ids, out)).text())
                .isEqualTo("{\"subscribed\":[\"123\",\"a:b~c\"]}");
        assertThat(Frame.only(out -> WebSocketEncoder.unsubscribed(ids, out)).text())
                .isEqualTo("{\"unsubscribed\":[\"123\",\"a:b~c\"]}");
        assertThat(Frame.only(out -> WebSocketEncoder.subscribed(List.of(), out))
                        .text())
                .isEqualTo("{\"subscribed\":[]}");
        assertThat(Frame.only(out -> WebSocketEncoder.jsonPong(Long.MIN_VALUE, out))
                        .text())
                .isEqualTo("{\"pong\":-9223372036854775808}");
        assertThat(Frame.only(out -> WebSocketEncoder.error(problem, out))
                        .json()
                        .get("error"))
                .isEqualTo(Documents.parse(problem.json()));
        JsonNode about = Frame.only(out -> WebSocketEncoder.error(problem, ids.get(1), out))
                .json();
        assertThat(Documents.memberNames(about)).containsExactly("error", "jobId");
        assertThat(about.get("jobId").textValue()).isEqualTo("a:b~c");
    }

    @Test
    void pingsPongsAndClosesAreControlFrames() {
        assertThat(Frame.only(WebSocketEncoder::ping).opcode()).isEqualTo(PING);
        assertThat(Frame.only(WebSocketEncoder::ping).data()).isEmpty();
        assertThat(Frame.only(WebSocketEncoder::close).opcode()).isEqualTo(CLOSE);
        assertThat(Frame.only(WebSocketEncoder::close).data()).isEmpty();
        ByteBuf data = Unpooled.copiedBuffer("xx" + "d".repeat(125), UTF_8).skipBytes(2);
        Frame pong = Frame.only(out -> WebSocketEncoder.pong(data, out));
        assertThat(pong.opcode()).isEqualTo(PONG);
        assertThat(pong.text()).isEqualTo("d".repeat(125));
        assertThat(data.readableBytes()).as("only read").isEqualTo(125);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u00e9", "\u20ac", "\ud83d\ude00"})
    void aCloseReasonIsCutAtTheBorderOfACharacter(String character) {
        for (int shift = 0; shift < 4; shift++) {
            String reason = "x".repeat(shift) + character.repeat(150);
            Frame frame = Frame.only(out -> WebSocketEncoder.close(1013, reason, out));
            assertThat(frame.opcode()).isEqualTo(CLOSE);
            assertThat(frame.data().length).isBetween(126 - character.getBytes(UTF_8).length, 125);
            assertThat(ByteBuffer.wrap(frame.data()).getShort()).isEqualTo((short) 1013);
            assertThat(reason).startsWith(reasonOf(frame)).isNotEqualTo(reasonOf(frame));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCloseFrameSaysItsCodeAndReason(CloseReason reason) {
        Frame frame = Frame.only(out -> WebSocketEncoder.close(reason.code(), reason.text(), out));
        assertThat(ByteBuffer.wrap(frame.data()).getShort()).isEqualTo((short) reason.code());
        assertThat(reasonOf(frame)).isEqualTo(reason.text());
        assertThat(Frame.only(out -> WebSocketEncoder.close(reason.code(), "", out))
                        .data())
                .hasSize(2);
    }

    private static String reasonOf(Frame close) {
        byte[] text = Arrays.copyOfRange(close.data(), 2, close.data().length);
        return new Frame(TEXT, text, 0).text();
    }

    private static JobEvent uncheckedEvent(String document) {
        try {
            return Documents.event(document);
        } catch (InvalidDocumentException e) {
            throw new AssertionError(e);
        }
    }
}
