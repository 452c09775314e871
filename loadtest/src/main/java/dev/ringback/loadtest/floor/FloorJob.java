package dev.ringback.loadtest.floor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One job's sockets, by the bytes that each kind takes, and its last event for those who come late. Confined to the server's loop. */
final class FloorJob {
    /** What a socket is written: each event is encoded once for each of them. */
    enum Format {
        WEBSOCKET,
        SSE,
        LONG_POLL
    }

    private static final byte[] SSE_START = "data: ".getBytes(ISO_8859_1);
    private static final byte[] SSE_END = "\n\n".getBytes(ISO_8859_1);
    private static final int FINAL_TEXT = 0x81;
    private static final int TWO_BYTE_LENGTH = 126;
    private static final int LONGEST_FRAME = 65_535;

    private final List<List<Channel>> sockets = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    private byte @Nullable [] last;
    private long events;

    /** How many events there were: what a long poll must have to wait for the next. */
    long events() {
        return events;
    }

    void add(Format format, Channel socket) {
        sockets.get(format.ordinal()).add(socket);
    }

    void remove(Format format, Channel socket) {
        sockets.get(format.ordinal()).remove(socket);
    }

    boolean isEmpty() {
        return sockets.stream().allMatch(List::isEmpty);
    }

    boolean hasUnwritten() {
        return sockets.stream()
                .flatMap(List::stream)
                .anyMatch(socket -> socket.unsafe().outboundBuffer() != null
                        && socket.unsafe().outboundBuffer().totalPendingWriteBytes() > 0);
    }

    /** Gives the last event to one who has just come; null where there is none. */
    @Nullable ByteBuf lastFor(Format format) {
        byte[] event = last;
        return event == null ? null : encode(format, event);
    }

    /** One write for each socket; returns how many there were. */
    int deliver(byte[] event) {
        last = event;
        events++;
        int deliveries = 0;
        for (Format format : Format.values()) {
            List<Channel> waiting = sockets.get(format.ordinal());
            if (!waiting.isEmpty()) {
                write(waiting, encode(format, event));
                deliveries += waiting.size();
            }
            if (format == Format.LONG_POLL) {
                waiting.clear();
            }
        }
        return deliveries;
    }

    private static void write(List<Channel> waiting, ByteBuf bytes) {
        for (Channel socket : waiting) {
            var unused = socket.writeAndFlush(bytes.retainedDuplicate(), socket.voidPromise());
        }
        bytes.release();
    }

    private ByteBuf encode(Format format, byte[] event) {
        byte[] start = switch (format) {
            case WEBSOCKET -> frameHeader(event.length);
            case SSE -> SSE_START;
            case LONG_POLL -> pollHeader(event.length).getBytes(ISO_8859_1);
        };
        byte[] end = format == Format.SSE ? SSE_END : new byte[0];
        ByteBuf bytes = Unpooled.directBuffer(start.length + event.length + end.length);
        return bytes.writeBytes(start).writeBytes(event).writeBytes(end);
    }

    private String pollHeader(int length) {
        return "HTTP/1.1 200 OK\r\nETag: " + events + "\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static byte[] frameHeader(int length) {
        if (length > LONGEST_FRAME) {
            throw new IllegalArgumentException("an event of " + length + " bytes");
        }
        return length < TWO_BYTE_LENGTH
                ? new byte[] {(byte) FINAL_TEXT, (byte) length}
                : new byte[] {(byte) FINAL_TEXT, TWO_BYTE_LENGTH, (byte) (length >> 8), (byte) length};
    }
}
