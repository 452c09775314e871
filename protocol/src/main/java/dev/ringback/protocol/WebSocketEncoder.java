package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * The server's WebSocket frames (RFC 6455, section 5.2), header included: no mask, no extension, one frame a message. Each
 * method appends one whole frame.
 */
public final class WebSocketEncoder {
    /** The longest header that a server's frame has. */
    public static final int MAX_HEADER = 10;

    /** What goes before a document's members, by the ordinal of the event's name. */
    private static final byte[][] START = Stream.of(EventName.values())
            .map(name -> ("{\"event\":\"" + name.wireName() + "\",").getBytes(ISO_8859_1))
            .toArray(byte[][]::new);

    private static final int FIN = 0x80;
    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;
    private static final int MAX_CONTROL_LENGTH = 125;
    private static final int TWO_BYTE_LENGTH = 126;
    private static final int EIGHT_BYTE_LENGTH = 127;

    private WebSocketEncoder() {}

    /** How many bytes to reserve for the event. */
    public static int sizeHint(JobEvent event) {
        return event.json().length + 24 + MAX_HEADER;
    }

    /** Appends {@code {"event":"…", …the job…}} under the event's own name. */
    public static void event(JobEvent event, ByteBuf out) {
        event(event, event.name(), out);
    }

    public static void event(JobEvent event, EventName name, ByteBuf out) {
        spliced(name, event.json(), out);
    }

    /** Appends {@code {"event":"gone","jobId":…,"reason":…}}. */
    public static void gone(JobId id, GoneReason reason, ByteBuf out) {
        spliced(EventName.GONE, JobJson.gone(id, reason), out);
    }

    /** Appends {@code {"subscribed":[…]}}. */
    public static void subscribed(Collection<JobId> ids, ByteBuf out) {
        listed("subscribed", ids, out);
    }

    /** Appends {@code {"unsubscribed":[…]}}: nothing more follows about these jobs. */
    public static void unsubscribed(Collection<JobId> ids, ByteBuf out) {
        listed("unsubscribed", ids, out);
    }

    private static void listed(String name, Collection<JobId> ids, ByteBuf out) {
        StringBuilder json = new StringBuilder(24 + ids.size() * 40)
                .append("{\"")
                .append(name)
                .append("\":[");
        String separator = "\"";
        for (JobId id : ids) {
            json.append(separator).append(id).append('"');
            separator = ",\"";
        }
        text(json.append("]}").toString().getBytes(ISO_8859_1), out);
    }

    /** Appends {@code {"error":{problem}}}. */
    public static void error(Problem problem, ByteBuf out) {
        text(new JsonWriter(192).json("error", problem.json()).end(), out);
    }

    /** Appends {@code {"error":{problem},"jobId":"…"}}. */
    public static void error(Problem problem, JobId id, ByteBuf out) {
        text(
                new JsonWriter(256)
                        .json("error", problem.json())
                        .jobId("jobId", id)
                        .end(),
                out);
    }

    /** Appends {@code {"pong":…}} with the number that came with the ping. */
    public static void jsonPong(long number, ByteBuf out) {
        text(new JsonWriter(32).number("pong", number).end(), out);
    }

    /** Appends a ping control frame without data. */
    public static void ping(ByteBuf out) {
        header(PING, 0, out);
    }

    /** Appends the pong that answers a ping: the same data, at most 125 bytes. The data is only read. */
    public static void pong(ByteBuf data, ByteBuf out) {
        header(PONG, data.readableBytes(), out);
        out.writeBytes(data, data.readerIndex(), data.readableBytes());
    }

    /** Appends a close frame without a code. */
    public static void close(ByteBuf out) {
        header(CLOSE, 0, out);
    }

    /** Appends a close frame; the reason is cut to the room it has, at a character's border. */
    public static void close(int code, String reason, ByteBuf out) {
        String cut = reason;
        while (cut.getBytes(UTF_8).length > MAX_CONTROL_LENGTH - 2) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        byte[] text = cut.getBytes(UTF_8);
        header(CLOSE, text.length + 2, out);
        out.writeShort(code);
        out.writeBytes(text);
    }

    /** The frame's object is the document with {@code "event"} put in front of its members. */
    private static void spliced(EventName name, byte[] object, ByteBuf out) {
        byte[] start = START[name.ordinal()];
        int members = startOfMembers(object);
        header(TEXT, start.length + object.length - members, out);
        out.writeBytes(start);
        out.writeBytes(object, members, object.length - members);
    }

    private static int startOfMembers(byte[] object) {
        int start = 0;
        while (object[start] != '{') {
            start++;
        }
        return start + 1;
    }

    private static void text(byte[] json, ByteBuf out) {
        header(TEXT, json.length, out);
        out.writeBytes(json);
    }

    private static void header(int opcode, int length, ByteBuf out) {
        out.writeByte(FIN | opcode);
        if (length < TWO_BYTE_LENGTH) {
            out.writeByte(length);
        } else if (length <= 0xFFFF) {
            out.writeByte(TWO_BYTE_LENGTH);
            out.writeShort(length);
        } else {
            out.writeByte(EIGHT_BYTE_LENGTH);
            out.writeLong(length);
        }
    }
}
