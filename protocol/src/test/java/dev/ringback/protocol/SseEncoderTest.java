package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SseEncoderTest {
    private static final int ROUNDS = 3_000;
    private static final String[] GAPS = {"", "", " ", "\n", "\r", "\r\n", "\n\r", "\r\r\n", "\n\n", " \n ", "\t"};

    private record Message(String event, String id, String data) {}

    /** A reader as WHATWG HTML, section 9.2.6, describes it; an id stays for the messages behind it, as browsers keep it. */
    private static final class SseReader {
        private final List<Message> messages = new ArrayList<>();
        private final List<String> comments = new ArrayList<>();
        private long retry = -1;
        private String event = "";
        private String lastId = "";
        private StringBuilder data = new StringBuilder();

        private SseReader(String stream) {
            int start = 0;
            for (int i = 0; i < stream.length(); i++) {
                char c = stream.charAt(i);
                if (c == '\n' || c == '\r') {
                    line(stream.substring(start, i));
                    i += c == '\r' && i + 1 < stream.length() && stream.charAt(i + 1) == '\n' ? 1 : 0;
                    start = i + 1;
                }
            }
            assertThat(stream.substring(start)).as("a line without an end").isEmpty();
            assertThat(data.length() + event.length())
                    .as("an event without an end")
                    .isZero();
        }

        private void line(String line) {
            int colon = line.indexOf(':');
            if (line.isEmpty()) {
                dispatch();
            } else if (colon == 0) {
                comments.add(line.substring(1));
            } else {
                String value = colon < 0 ? "" : line.substring(colon + 1);
                field(colon < 0 ? line : line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
            }
        }

        private void field(String name, String value) {
            switch (name) {
                case "event" -> event = value;
                case "data" -> data.append(value).append('\n');
                case "id" -> lastId = value;
                case "retry" -> retry = Long.parseLong(value);
                default -> throw new AssertionError("not a field: " + name);
            }
        }

        private void dispatch() {
            if (data.length() > 0) {
                messages.add(new Message(event, lastId, data.substring(0, data.length() - 1)));
            }
            data = new StringBuilder();
            event = "";
        }

        private Message only() {
            assertThat(messages).hasSize(1);
            return messages.get(0);
        }
    }

    @Test
    void anEventHasItsNameItsCursorAndItsDocument() throws InvalidDocumentException {
        JobEvent event = Documents.event(Documents.JOB);
        assertThat(read(out -> SseEncoder.event(event, out)).only())
                .isEqualTo(new Message("status", "k3f9a-7", Documents.JOB));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n", "\n\n", "\r\r", "\n\r", "\r\n\r\n", "\r\r\n", "\n ", "\r\n  "})
    void lineBreaksInTheDocumentNeverEndItsField(String lineBreak) throws InvalidDocumentException {
        String document = "{" + lineBreak + Documents.JOB.substring(1).replace("}", lineBreak + "}" + lineBreak);
        JobEvent event = Documents.event(document);
        Message message = read(out -> SseEncoder.event(event, out)).only();
        assertThat(message.data()).isEqualTo(normalised(document));
        assertThat(Documents.parse(message.data())).isEqualTo(Documents.parse(document));
    }

    /** Bytes beside those of line breaks, and negative ones, are not to be taken for them. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void aLineBreakIsFoundWhereverItLiesAndNothingElseIsTakenForOne(String lineBreak) {
        String others = "\u0009\u000b\u000c\u000e\u0000\u0001\u008a\u008d\u00ff{\"a\":1}\u010a\u020d";
        for (int at = 0; at <= others.length(); at++) {
            String document = others.substring(0, at) + lineBreak + others.substring(at);
            JobEvent event = new JobEvent(JobId.of("1"), "k", 1, JobState.QUEUED, false, document.getBytes(UTF_8));
            ByteBuf out = Unpooled.buffer();
            SseEncoder.event(event, out);
            assertThat(out.toString(UTF_8))
                    .isEqualTo("event: status\nid: k-1\ndata: " + others.substring(0, at) + "\ndata: "
                            + others.substring(at) + "\n\n");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 9, 10, 11, 99, 100, 101, 1_234_567_890, 999_999_999_999_999_999L, Long.MAX_VALUE})
    void theIdIsTheCursorWhateverTheVersion(long version) {
        JobEvent event = new JobEvent(JobId.of("1"), "k3f9a", version, JobState.QUEUED, false, "{}".getBytes(UTF_8));
        assertThat(read(out -> SseEncoder.event(event, out)).only().id())
                .isEqualTo(event.cursor().toString());
    }

    @Test
    void aDocumentThatLooksLikeTheProtocolStaysData() throws InvalidDocumentException {
        String document = Documents.member(Documents.JOB, "\"a\":\"x\"\r\r\n,\"b\":\n\n\"event: gone\\n\\nid: 1\"\n");
        JobEvent event = Documents.event(document);
        Message message = read(out -> SseEncoder.event(event, out)).only();
        assertThat(message.event()).isEqualTo("status");
        assertThat(message.id()).isEqualTo("k3f9a-7");
        assertThat(Documents.parse(message.data())).isEqualTo(Documents.parse(document));
    }

    @Test
    void randomGapsBetweenTokensNeverBreakTheStream() throws InvalidDocumentException {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("SseEncoderTest: -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String document = gapped(
                    "{ \"jobId\" : \"1\" , \"status\" : \"done\" , \"version\" : 7 , \"incarnation\" : \"k\" , "
                            + "\"result\" : [ 1 , { \"\u2028\u0085\" : \"\ud83d\ude00\" } ] }",
                    random);
            JobEvent event = Documents.event(document);
            SseReader stream = read(out -> {
                SseEncoder.event(event, out);
                SseEncoder.heartbeat(out);
                SseEncoder.event(event, EventName.RESET, "x", out);
            });
            assertThat(stream.messages)
                    .as("seed %d, round %d", seed, round)
                    .containsExactly(
                            new Message("complete", "k-7", normalised(document)),
                            new Message("reset", "x", normalised(document)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEventMayHaveAnotherNameAndIdOrNone(EventName name) throws InvalidDocumentException {
        JobEvent event = Documents.event(Documents.JOB);
        assertThat(read(out -> SseEncoder.event(event, name, "v00000.1.2", out)).only())
                .isEqualTo(new Message(name.wireName(), "v00000.1.2", Documents.JOB));
        assertThat(read(out -> SseEncoder.event(event, name, null, out)).only())
                .isEqualTo(new Message(name.wireName(), "", Documents.JOB));
    }

    @ParameterizedTest
    @EnumSource
    void goneHasNoIdSoThatTheClientKeepsItsCursor(GoneReason reason) throws InvalidDocumentException {
        JobEvent event = Documents.event(Documents.JOB);
        SseReader stream = read(out -> {
            SseEncoder.event(event, out);
            SseEncoder.gone(JobId.of("1"), reason, out);
        });
        Message gone = stream.messages.get(1);
        assertThat(gone.event()).isEqualTo("gone");
        assertThat(gone.id()).isEqualTo("k3f9a-7");
        assertThat(gone.data()).isEqualTo("{\"jobId\":\"1\",\"reason\":\"" + reason.wireName() + "\"}");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2_000, Long.MAX_VALUE})
    void retryIsAFieldOfDigits(long millis) {
        SseReader stream = read(out -> SseEncoder.retry(millis, out));
        assertThat(stream.retry).isEqualTo(millis);
        assertThat(stream.messages).isEmpty();
    }

    @Test
    void aHeartbeatIsACommentAndNoMessage() {
        SseReader stream = read(SseEncoder::heartbeat);
        assertThat(stream.comments).hasSize(1);
        assertThat(stream.messages).isEmpty();
    }

    @Test
    void theSizeHintIsEnoughForAnEventWithoutLineBreaks() throws InvalidDocumentException {
        for (String status : new String[] {"queued", "processing", "completed"}) {
            JobEvent event = Documents.event("{\"progress\":{},\"jobId\":\"1\",\"status\":\"" + status
                    + "\",\"version\":123456789012,\"incarnation\":\"k3f9a\"}");
            ByteBuf out = Unpooled.buffer();
            SseEncoder.event(event, out);
            assertThat(out.readableBytes()).isLessThanOrEqualTo(SseEncoder.sizeHint(event));
        }
    }

    private static String gapped(String tokens, Random random) {
        StringBuilder document = new StringBuilder();
        for (String token : tokens.split(" ")) {
            document.append(token).append(GAPS[random.nextInt(GAPS.length)]);
        }
        return document.toString();
    }

    private static String normalised(String text) {
        return text.replace("\r\n", "\n").replace('\r', '\n');
    }

    private static SseReader read(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer();
        writer.accept(out);
        return new SseReader(out.toString(UTF_8));
    }
}
