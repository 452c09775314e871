package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.gateway.listen.TransportTest.Answer;
import dev.ringback.gateway.listen.TransportTest.Event;
import dev.ringback.gateway.listen.TransportTest.Frame;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.Arrays;

/** A client that comes with a cursor, and is told one state of its job after another. */
final class ResumingClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FRAME_BYTES = 125;

    /** How it waits, and where its cursor stands. */
    enum Way {
        STREAM("sse"),
        STREAM_AFTER("sse"),
        STREAM_OF_MANY("sse"),
        WEB_SOCKET("websocket"),
        WEB_SOCKET_COMMAND("websocket"),
        LONG_POLL("long_poll"),
        LONG_POLL_IF_NONE_MATCH("long_poll");

        /** As the metrics call it. */
        final String transport;

        Way(String transport) {
            this.transport = transport;
        }

        /** Without a cursor it is told of the next change first, and not of the present state. */
        boolean isLongPoll() {
            return this == LONG_POLL || this == LONG_POLL_IF_NONE_MATCH;
        }

        /** Whether the cursor is in a header, where not every byte may stand. */
        boolean isHeader() {
            return this == STREAM || this == STREAM_OF_MANY || this == LONG_POLL_IF_NONE_MATCH;
        }

        String path(String job, String cursor) {
            String after = URLEncoder.encode(cursor, UTF_8);
            return switch (this) {
                case STREAM -> "/jobs/" + job + "/events";
                case STREAM_AFTER -> "/jobs/" + job + "/events?after=" + after;
                case STREAM_OF_MANY -> "/events?jobs=other-" + job + "," + job;
                case WEB_SOCKET -> "/jobs/" + job + "?after=" + after;
                case WEB_SOCKET_COMMAND -> "/ws";
                case LONG_POLL -> "/jobs/" + job + (after.isEmpty() ? "" : "?wait=20&after=" + after);
                case LONG_POLL_IF_NONE_MATCH -> "/jobs/" + job + (after.isEmpty() ? "" : "?wait=20");
            };
        }

        String[] headers(String cursor) {
            if (cursor.isEmpty()) {
                return new String[0];
            }
            return switch (this) {
                case STREAM, STREAM_OF_MANY -> new String[] {"Last-Event-ID: " + cursor};
                case LONG_POLL_IF_NONE_MATCH -> new String[] {"If-None-Match: W/\"" + cursor + "\""};
                default -> new String[0];
            };
        }
    }

    /**
     * A state that it was told.
     *
     * @param cursor what it comes back with
     */
    record Told(long version, boolean isEnd, String cursor) {}

    private final Way way;
    private final TestGateway gateway;
    private final String job;
    private final Wire wire;
    private String cursor;
    private final double waitingBefore;
    private boolean asked;

    ResumingClient(Way way, TestGateway gateway, String job, String cursor) throws IOException {
        this.way = way;
        this.gateway = gateway;
        this.job = job;
        this.cursor = cursor;
        this.wire = new Wire(gateway);
        this.waitingBefore = Wire.waiting(gateway, way.transport);
        ask();
    }

    private void ask() throws IOException {
        asked = true;
        switch (way) {
            case WEB_SOCKET -> wire.upgrade(way.path(job, cursor));
            case WEB_SOCKET_COMMAND -> {
                wire.upgrade(way.path(job, cursor));
                say(JSON.createObjectNode()
                        .put("subscribe", job)
                        .set("after", JSON.createObjectNode().put(job, cursor))
                        .toString());
            }
            default -> {
                byte[] request = Wire.request("GET", way.path(job, cursor), "", way.headers(cursor))
                        .getBytes(ISO_8859_1);
                wire.send(request);
                assertThat(transportIsSse() ? wire.head().status() : 200).isEqualTo(200);
            }
        }
    }

    private boolean transportIsSse() {
        return way.transport.equals("sse");
    }

    /** A message in as many frames as it takes. */
    private void say(String message) throws IOException {
        byte[] text = message.getBytes(UTF_8);
        for (int at = 0; at < text.length; at += FRAME_BYTES) {
            int end = Math.min(text.length, at + FRAME_BYTES);
            int opcode = at == 0 ? 1 : 0;
            int last = end == text.length ? 0x80 : 0;
            wire.send(Wire.maskedFrame(opcode | last, Arrays.copyOfRange(text, at, end)));
        }
    }

    /** The gateway has taken it up, so that nothing more is under way than what comes next. */
    void awaitWaiting() {
        Wire.awaitWaiting(gateway, way.transport, (int) waitingBefore + 1);
    }

    /** What it is told next about its job. */
    Told next() throws IOException {
        return switch (way) {
            case STREAM, STREAM_AFTER, STREAM_OF_MANY -> nextEvent();
            case WEB_SOCKET, WEB_SOCKET_COMMAND -> nextFrame();
            case LONG_POLL, LONG_POLL_IF_NONE_MATCH -> nextAnswer();
        };
    }

    private Told nextEvent() throws IOException {
        Event event = wire.event();
        while (event.name().equals("retry") || isOfTheOther(event)) {
            event = wire.event();
        }
        assertThat(event).isNotEqualTo(Event.END);
        return told(JSON.readTree(event.data()), event.id());
    }

    private boolean isOfTheOther(Event event) {
        return way == Way.STREAM_OF_MANY && event.data().contains("\"other-" + job);
    }

    private Told nextFrame() throws IOException {
        Frame frame = wire.frame();
        while (frame.opcode() == 9 || frame.text().startsWith("{\"subscribed\"")) {
            frame = wire.frame();
        }
        assertThat(frame.opcode()).as(frame.text()).isEqualTo(1);
        return told(JSON.readTree(frame.text()), "");
    }

    private Told nextAnswer() throws IOException {
        if (!asked) {
            ask();
        }
        asked = false;
        Answer answer = wire.answer();
        assertThat(answer.status()).isEqualTo(200);
        Told told = told(JSON.readTree(answer.body()), "");
        cursor = told.cursor();
        return told;
    }

    private static Told told(JsonNode state, String id) {
        long version = state.path("version").longValue();
        String ownId = state.path("incarnation").textValue() + "-" + version;
        return new Told(version, state.has("completedAt"), id.isEmpty() ? ownId : id);
    }

    @Override
    public void close() throws IOException {
        wire.socket.close();
    }
}
