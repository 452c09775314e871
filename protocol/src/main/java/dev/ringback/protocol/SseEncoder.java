package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Server-Sent Events as WHATWG HTML, section 9.2, defines them. Each method appends one whole event, or none: a reader never
 * sees the half of one.
 */
public final class SseEncoder {
    /** The line that names an event, by the ordinal of the name. */
    private static final byte[][] EVENT = Stream.of(EventName.values())
            .map(name -> ascii("event: " + name.wireName()))
            .toArray(byte[][]::new);

    private static final byte[] ID = ascii("\nid: ");
    private static final byte[] DATA = ascii("\ndata: ");
    private static final byte[] END = ascii("\n\n");
    private static final byte[] HEARTBEAT = ascii(":\n\n");
    private static final int LINES = 48;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LINE_FEEDS = '\n' * LOW_BITS;
    private static final long CARRIAGE_RETURNS = '\r' * LOW_BITS;

    private SseEncoder() {}

    /** How many bytes to reserve for the event: exact but for the job's own line breaks. */
    public static int sizeHint(JobEvent event) {
        return event.json().length + event.incarnation().length() + LINES;
    }

    /** Appends the event under its own name, with its cursor as id. */
    public static void event(JobEvent event, ByteBuf out) {
        out.writeBytes(EVENT[event.name().ordinal()]);
        out.writeBytes(ID);
        ByteBufUtil.writeAscii(out, event.incarnation());
        out.writeByte('-');
        digits(event.version(), out);
        data(event.json(), out);
        out.writeBytes(END);
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
        out.writeBytes(EVENT[name.ordinal()]);
        if (id != null) {
            out.writeBytes(ID);
            ByteBufUtil.writeAscii(out, id);
        }
        data(json, out);
        out.writeBytes(END);
    }

    private static void digits(long number, ByteBuf out) {
        if (number > 9) {
            digits(number / 10, out);
        }
        out.writeByte((int) ('0' + number % 10));
    }

    /** A line break inside the data would end the field: each line gets a {@code data:} of its own. CRLF is one break. */
    private static void data(byte[] json, ByteBuf out) {
        out.writeBytes(DATA);
        int start = 0;
        for (int end = lineEnd(json, 0); end < json.length; end = lineEnd(json, start)) {
            out.writeBytes(json, start, end - start);
            out.writeBytes(DATA);
            boolean crlf = json[end] == '\r' && end + 1 < json.length && json[end + 1] == '\n';
            start = end + (crlf ? 2 : 1);
        }
        out.writeBytes(json, start, json.length - start);
    }

    /** Where the line that begins here ends. Documents seldom have a break: eight bytes are looked at in one step. */
    private static int lineEnd(byte[] json, int start) {
        int i = start;
        while (i <= json.length - Long.BYTES && !hasLineBreak((long) LONG.get(json, i))) {
            i += Long.BYTES;
        }
        while (i < json.length && json[i] != '\n' && json[i] != '\r') {
            i++;
        }
        return i;
    }

    private static boolean hasLineBreak(long bytes) {
        return hasZero(bytes ^ LINE_FEEDS) || hasZero(bytes ^ CARRIAGE_RETURNS);
    }

    /** Whether one of the eight bytes is zero (Warren, Hacker's Delight, section 6-1). */
    private static boolean hasZero(long bytes) {
        return ((bytes - LOW_BITS) & ~bytes & HIGH_BITS) != 0;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
