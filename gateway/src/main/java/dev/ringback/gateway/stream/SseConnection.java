package dev.ringback.gateway.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.DateLine;
import dev.ringback.gateway.connection.Viewer;
import dev.ringback.protocol.SseEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;

/**
 * What streams of one job and of many have in common as Server-Sent Events. The response has no length and ends with the
 * connection, which any HTTP version and proxy understands; each event is one write.
 */
abstract class SseConnection extends EventStream {
    private static final byte[] HEAD = ("HTTP/1.1 200 OK\r\n"
                    + "Content-Type: text/event-stream\r\n"
                    + "Cache-Control: no-store, no-transform\r\n"
                    + "X-Accel-Buffering: no\r\n"
                    + "Vary: Accept, Prefer, Authorization\r\n"
                    + "Connection: close\r\n")
            .getBytes(ISO_8859_1);

    /** How many bytes a client may send on a stream, where it has nothing to say, before it is closed. */
    private static final int MAX_DISCARDED = 4096;

    private int discarded;

    SseConnection(StreamContext context, ClientConnection connection, Viewer viewer) {
        super(context, connection, viewer);
        context.counters().sseStreams.increment();
    }

    /** Sends the response's head and the client's delay before it comes back. */
    final void open() {
        ByteBuf head = connection.allocator().directBuffer(HEAD.length + 96);
        head.writeBytes(HEAD);
        head.writeBytes(DateLine.now());
        List<String> headers = connection.answerHeaders();
        for (int i = 0; i < headers.size(); i += 2) {
            ByteBufUtil.writeAscii(head, headers.get(i) + ": " + headers.get(i + 1) + "\r\n");
        }
        ByteBufUtil.writeAscii(head, "\r\n");
        SseEncoder.retry(context.reconnectMillis(), head);
        send(head);
        opened();
        ByteBuf early = connection.takeHeld();
        if (early != null) {
            onBytes(early);
        }
    }

    @Override
    final void heartbeat() {
        ByteBuf comment = connection.allocator().directBuffer(4);
        SseEncoder.heartbeat(comment);
        send(comment);
    }

    /** Ends the response after what was written: EventSource reconnects by itself, unless its code has closed it. */
    final void close() {
        if (ended()) {
            connection.closeAfterWrites();
        }
    }

    /** Ends the response and says when to come back, because an EventSource never retries after an error status. */
    final void closeForRetry() {
        if (phase() == Phase.OPENING) {
            open();
        } else if (phase() == Phase.STREAMING) {
            ByteBuf retry = connection.allocator().directBuffer(32);
            SseEncoder.retry(context.reconnectMillis(), retry);
            send(retry);
        }
        close();
    }

    @Override
    final void noFirstAnswer() {
        closeForRetry();
    }

    @Override
    final void endByAge() {
        closeForRetry();
    }

    @Override
    final void endSlow(String limit) {
        close();
    }

    @Override
    public final void onDrain() {
        closeForRetry();
    }

    @Override
    public final void onClosed() {
        ended();
    }

    /** Before the head is sent the bytes may be the next request; after it they mean nothing. */
    @Override
    public final void onBytes(ByteBuf bytes) {
        if (phase() == Phase.OPENING) {
            connection.hold(bytes);
            return;
        }
        discarded += bytes.readableBytes();
        context.counters().discardedBytes.add(bytes.readableBytes());
        bytes.release();
        if (discarded > MAX_DISCARDED) {
            context.counters().floods.increment();
            close();
        }
    }
}
