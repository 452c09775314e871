package dev.ringback.gateway.hub;

import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.SseEncoder;
import dev.ringback.protocol.WebSocketEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one job that became known in one burst, encoded at most once per wire format however many subscribers there are.
 *
 * <p>The shard adds events and encodes, on its loop; after that it is immutable and connection loops read it. Reference-counted:
 * one reference per loop that it is handed to.
 */
public final class FanOut extends AbstractReferenceCounted {
    static final int MAX_EVENTS = 16;

    private final List<JobEvent> events = new ArrayList<>(1);
    private @Nullable ByteBuf sse;
    private @Nullable ByteBuf webSocket;
    private @Nullable HttpBody body;

    FanOut(JobEvent first) {
        events.add(first);
    }

    void add(JobEvent event) {
        events.add(event);
    }

    boolean isFull() {
        return events.size() >= MAX_EVENTS;
    }

    /** Encodes for the formats whose bits are set. */
    void encode(int formats, ByteBufAllocator allocator, Hints hints) {
        if ((formats & WireFormat.SSE.bit()) != 0) {
            int size = events.stream().mapToInt(SseEncoder::sizeHint).sum();
            ByteBuf out = allocator.directBuffer(size);
            events.forEach(event -> SseEncoder.event(event, out));
            sse = out;
        }
        if ((formats & WireFormat.WEB_SOCKET.bit()) != 0) {
            int size = events.stream().mapToInt(WebSocketEncoder::sizeHint).sum();
            ByteBuf out = allocator.directBuffer(size);
            events.forEach(event -> WebSocketEncoder.event(event, out));
            webSocket = out;
        }
        if ((formats & WireFormat.JSON.bit()) != 0) {
            body = hints.body(last());
        }
    }

    public JobId jobId() {
        return last().jobId();
    }

    /** The events in the order of their versions, all of one incarnation. */
    public List<JobEvent> events() {
        return events;
    }

    public JobEvent first() {
        return events.get(0);
    }

    public JobEvent last() {
        return events.get(events.size() - 1);
    }

    /** All events as SSE; the caller owns one reference. */
    public ByteBuf sse() {
        return shared(sse, WireFormat.SSE);
    }

    /** All events as WebSocket frames; the caller owns one reference. */
    public ByteBuf webSocket() {
        return shared(webSocket, WireFormat.WEB_SOCKET);
    }

    /** The last event as the body of an HTTP answer. */
    public HttpBody body() {
        if (body == null) {
            throw new IllegalStateException(WireFormat.JSON + " was not encoded");
        }
        return body;
    }

    private static ByteBuf shared(@Nullable ByteBuf encoded, WireFormat format) {
        if (encoded == null) {
            throw new IllegalStateException(format + " was not encoded");
        }
        return encoded.retainedDuplicate();
    }

    @Override
    protected void deallocate() {
        if (sse != null) {
            sse.release();
        }
        if (webSocket != null) {
            webSocket.release();
        }
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }
}
