package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Server-Sent Events as WHATWG HTML, section 9.2, defines them. Each method appends one whole event, or none: a reader never
 * sees the half of one.
 */
public final class SseEncoder {
    private static final byte[] EVENT = ascii("event: ");
    private static final byte[] ID = ascii("\nid: ");
    private static final byte[] DATA = ascii("\ndata: ");
    private static final byte[] END = ascii("\n\n");
    private static final byte[] HEARTBEAT = ascii(":\n\n");
    private static final int LINES = 48;

    private SseEncoder() {}

    /** How many bytes to reserve for the event: exact but for the job's own line breaks. */
    public static int sizeHint(JobEvent event) {
        return event.json().length + event.incarnation().length() + LINES;
    }

    /** Appends the event under its own name, with its cursor as id. */
    public static void event(JobEvent event, ByteBuf out) {
        event(event, event.name(), event.cursor().toString(), out);
    }

    /** Appends the event with the given id, as streams of many jobs have one of their own; null for none. */
    public static void event(JobEvent event, EventName name, @Nullable String id, ByteBuf out) {
        frame(name, id, event.json(), out);
    }

    /** Appends the end of a wait that is not the job's end; it has no id, so that a client keeps its last cursor. */
    public static void gone(JobId id, GoneReason reason, ByteBuf out) {
        frame(EventName.GONE, null, JobJson.gone(id, reason), out);
    }

    /** Appends {@code retry:}, the client's delay before it reconnects. */
    public static void retry(long millis, ByteBuf out) {
        out.writeBytes(ascii("retry: " + millis));
        out.writeBytes(END);
    }

    /** Appends a comment, which keeps proxies from closing a silent connection and is invisible to the client's code. */
    public static void heartbeat(ByteBuf out) {
        out.writeBytes(HEARTBEAT);
    }

    private static void frame(EventName name, @Nullable String id, byte[] json, ByteBuf out) {
        out.writeBytes(EVENT);
        out.writeBytes(ascii(name.wireName()));
        if (id != null) {
            out.writeBytes(ID);
            out.writeBytes(ascii(id));
        }
        data(json, out);
        out.writeBytes(END);
    }

    /** A line break inside the data would end the field: each line gets a {@code data:} of its own. CRLF is one break. */
    private static void data(byte[] json, ByteBuf out) {
        out.writeBytes(DATA);
        int lineStart = 0;
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                out.writeBytes(json, lineStart, i - lineStart);
                out.writeBytes(DATA);
                boolean crlf = json[i] == '\r' && i + 1 < json.length && json[i + 1] == '\n';
                i += crlf ? 1 : 0;
                lineStart = i + 1;
            }
        }
        out.writeBytes(json, lineStart, json.length - lineStart);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
