package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What may arrive on a job's channel, in a worker's request and in a submission: it is refused with a reason, or it is such that every
 * wire format carries it whole, and lets nothing of it out of its place.
 */
class EventFuzzTest {
    private static final JobId ID = JobId.of("1");
    private static final JobRecord QUEUED = new JobRecord(
            ID,
            "k3f9a",
            7,
            JobState.QUEUED,
            "t",
            null,
            new JobRecord.Times(1, 2, 0, 0, 0),
            null,
            null,
            null,
            null,
            1,
            "c",
            null);

    @FuzzTest
    void whateverIsReadFitsEveryWireFormat(byte[] input) {
        try {
            JobEvent stored = JobEventReader.read(ID, input);
            if (stored != null) {
                checkWires(stored);
            }
        } catch (InvalidDocumentException e) {
            assertThat(e.detail()).isNotBlank();
        }
        try {
            checkChange(JobChangeReader.read(input));
        } catch (InvalidDocumentException e) {
            assertThat(e.detail()).isNotBlank();
        }
        try {
            checkSubmission(NewJobReader.read(input));
        } catch (InvalidDocumentException e) {
            assertThat(e.detail()).isNotBlank();
        }
    }

    /** What a worker said becomes a record, whose document is then read by every gateway. */
    private static void checkChange(JobChange change) throws InvalidDocumentException {
        JobEvent event = QUEUED.with()
                .state(change.state())
                .type(change.type())
                .progress(change.progress())
                .result(change.result(), change.resultUrl())
                .error(change.error())
                .build()
                .snapshot()
                .present();
        JobEvent read = JobEventReader.document(ID, event.json());
        assertThat(read).hasToString(event.toString());
        assertThat(read.hasProgress()).isEqualTo(event.hasProgress());
        checkWires(read);
    }

    private static void checkSubmission(NewJob job) throws InvalidDocumentException {
        assertThat(job.type()).isNotEmpty();
        JobRecord record = QUEUED.with()
                .type(job.type())
                .correlationId(job.correlationId())
                .progress(job.input())
                .error(job.webhook())
                .build();
        checkWires(JobEventReader.document(ID, JobJson.document(record)));
    }

    private static void checkWires(JobEvent event) {
        String document = new String(event.json(), UTF_8);
        JsonNode sent = parsed(event.json());
        assertThat(event.version()).isPositive();
        assertThat(Cursor.parse(event.cursor().toString())).isEqualTo(event.cursor());

        assertThat(events(written(out -> SseEncoder.event(event, out))))
                .containsExactly(new SseEvent(
                        event.name().wireName(), event.cursor().toString(), document.replaceAll("\r\n?", "\n")));

        JsonNode frame = parsed(frameText(written(out -> WebSocketEncoder.event(event, out))));
        assertThat(frame.fieldNames().next()).isEqualTo("event");
        sent.fieldNames().forEachRemaining(name -> assertThat(frame.has(name)).isTrue());

        JsonNode body = parsed(JobJson.httpBody(event, 4, 1, true));
        assertThat(body.path("links").path("self").textValue()).isEqualTo("/jobs/1");
    }

    private static JsonNode parsed(byte[] json) {
        assertThat(JacksonOracle.members(json))
                .as("%s", new String(json, UTF_8))
                .isNotNull();
        return Documents.lenient(json);
    }

    private static byte[] written(Consumer<ByteBuf> encoder) {
        ByteBuf out = Unpooled.buffer();
        encoder.accept(out);
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        return bytes;
    }

    private record SseEvent(String name, String id, String data) {}

    /** As a client reads the stream: WHATWG HTML, section 9.2.6. */
    private static List<SseEvent> events(byte[] stream) {
        List<SseEvent> events = new ArrayList<>();
        String name = "";
        String id = "";
        List<String> data = new ArrayList<>();
        for (String line : new String(stream, UTF_8).split("\r\n|\r|\n", -1)) {
            if (line.isEmpty() && !data.isEmpty()) {
                events.add(new SseEvent(name, id, String.join("\n", data)));
                data.clear();
                continue;
            }
            int colon = line.indexOf(": ");
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 2);
            switch (field) {
                case "event" -> name = value;
                case "id" -> id = value;
                case "data" -> data.add(value);
                default -> assertThat(line).as("a line of the stream").isEmpty();
            }
        }
        return events;
    }

    /** The text of the only frame there is: RFC 6455, section 5.2. */
    private static byte[] frameText(byte[] frame) {
        ByteBuf in = Unpooled.wrappedBuffer(frame);
        assertThat(in.readUnsignedByte()).as("the last frame of a text").isEqualTo((short) 0x81);
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        assertThat(in.readableBytes()).isEqualTo(length);
        return ByteBufUtil.getBytes(in);
    }
}
