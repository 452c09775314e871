package dev.ringback.gateway.stream;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.connection.Viewer;
import dev.ringback.gateway.hub.FanOut;
import dev.ringback.gateway.hub.WireFormat;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.EventName;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.SseEncoder;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One job as Server-Sent Events, from its present state to its end. */
public final class SseStream extends SseConnection {
    private final JobId id;
    private final @Nullable Cursor seen;
    /** The newest state that the client has not read space for. */
    private @Nullable JobEvent kept;

    private boolean keptReset;

    /**
     * A stream that has yet to start.
     *
     * @param seen how far the client has come, by its {@code Last-Event-ID}
     */
    public SseStream(
            StreamContext context, ClientConnection connection, Viewer viewer, JobId id, @Nullable Cursor seen) {
        super(context, connection, viewer);
        this.id = id;
        this.seen = seen;
    }

    public void start() {
        awaitFirstAnswer();
        connection.park(this);
        if (phase() == Phase.OPENING) {
            context.hub().subscribe(id, this, seen);
        }
    }

    @Override
    public WireFormat format() {
        return WireFormat.SSE;
    }

    @Override
    public void onPresent(JobEvent present) {
        if (phase() == Phase.ENDED) {
            return;
        }
        boolean known = present.isAt(seen);
        if (known && present.state().isTerminal()) {
            refuse(JobReplies.nothingNew());
            return;
        }
        open();
        if (!known) {
            tell(present);
        }
    }

    @Override
    public void onAbsent(JobId job) {
        if (phase() == Phase.ENDED) {
            return;
        }
        if (context.waitsForUnknown()) {
            open();
            awaitAbsent(context.unknownWaitNanos());
        } else {
            refuse(JobReplies.unknown(id));
        }
    }

    @Override
    public void onEvents(FanOut fanOut) {
        if (phase() != Phase.STREAMING) {
            return;
        }
        noneAbsent();
        sendKeptIfWritable();
        if (kept == null && maySend()) {
            send(fanOut.sse());
            endAfter(fanOut.last());
        } else {
            keep(fanOut.last(), false);
        }
    }

    @Override
    public void onReset(JobEvent present) {
        if (phase() != Phase.STREAMING) {
            return;
        }
        if (maySend()) {
            sendReset(present);
        } else {
            keep(present, true);
        }
    }

    @Override
    public void onGone(JobId job, GoneReason reason) {
        if (phase() == Phase.OPENING) {
            refuse(JobReplies.gone(id, reason));
        } else if (phase() == Phase.STREAMING) {
            sendGone(reason);
        }
    }

    @Override
    public void onUnavailable(JobId job) {
        closeForRetry();
    }

    @Override
    void endAbsent() {
        sendGone(GoneReason.UNKNOWN);
    }

    private void sendGone(GoneReason reason) {
        ByteBuf out = connection.allocator().directBuffer(192);
        SseEncoder.gone(id, reason, out);
        send(out);
        close();
    }

    private void tell(JobEvent event) {
        ByteBuf out = connection.allocator().directBuffer(SseEncoder.sizeHint(event));
        SseEncoder.event(event, out);
        send(out);
        endAfter(event);
    }

    private void sendReset(JobEvent present) {
        ByteBuf out = connection.allocator().directBuffer(2 * SseEncoder.sizeHint(present));
        SseEncoder.event(present, EventName.RESET, present.cursor().toString(), out);
        SseEncoder.event(present, out);
        send(out);
        endAfter(present);
    }

    private void endAfter(JobEvent event) {
        if (event.state().isTerminal()) {
            close();
        }
    }

    private void keep(JobEvent event, boolean reset) {
        if (kept != null) {
            context.counters().coalesced.increment();
        }
        kept = event;
        keptReset |= reset;
    }

    @Override
    void sendKept() {
        JobEvent event = kept;
        if (event == null) {
            return;
        }
        kept = null;
        if (keptReset) {
            keptReset = false;
            sendReset(event);
        } else {
            tell(event);
        }
    }

    private void refuse(Reply reply) {
        ended();
        connection.reply(reply);
    }

    @Override
    void unsubscribeAll() {
        context.counters().sseStreams.decrement();
        context.hub().unsubscribe(id, this);
    }
}
