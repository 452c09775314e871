package dev.ringback.loadtest.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.protocol.EventName;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobEventReader;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection that waits for one job, and its pipeline's only handler: ten thousand waits should cost the machine that measures
 * them little. Reads what a gateway spoken to directly sends, and nothing more general. Confined to its channel's loop.
 */
abstract class Waiter extends ByteToMessageDecoder {
    /**
     * What is waited for.
     *
     * @param index the caller's name for it
     */
    record Wait(int index, JobId job, Target target) {}

    /** How long a wait listens on after the job's end, to hear what must not come any more. */
    static final Duration AFTERMATH = Duration.ofSeconds(1);

    final Wait wait;
    private final WaiterListener listener;
    private @Nullable ResponseHead head;
    private @Nullable String failure;
    private boolean parked;
    private long arrivedNanos;

    Waiter(Wait wait, WaiterListener listener) {
        this.wait = wait;
        this.listener = listener;
    }

    /** The request that begins the wait. */
    abstract String request();

    /** The request has left. */
    void onRequestWritten() {}

    /** Takes a response's head. */
    abstract void onHead(ChannelHandlerContext ctx, ResponseHead response) throws WireException;

    /** Reads one message behind the head, if it is there as a whole; else leaves the bytes as they are. */
    abstract void onBody(ChannelHandlerContext ctx, ByteBuf in) throws WireException;

    // ── what the connection says ───────────────────────────────────────────────────────────────────────────────

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        sendRequest(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        arrivedNanos = System.nanoTime();
        super.channelRead(ctx, message);
    }

    @Override
    protected final void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (failure != null) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            if (head == null) {
                readHead(ctx, in);
            } else {
                onBody(ctx, in);
            }
        } catch (WireException e) {
            fail(ctx, e.getMessage());
        }
    }

    private void readHead(ChannelHandlerContext ctx, ByteBuf in) throws WireException {
        int end = endOf(ResponseHead.END, in);
        if (end >= 0) {
            String text = in.toString(in.readerIndex(), end - ResponseHead.END.length - in.readerIndex(), ISO_8859_1);
            in.readerIndex(end);
            ResponseHead response = ResponseHead.parse(text);
            head = response;
            onHead(ctx, response);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        listener.ended(wait.index, failure == null ? "closed by the gateway" : failure);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, cause.toString());
    }

    // ── for the transports ─────────────────────────────────────────────────────────────────────────────────────

    final void sendRequest(ChannelHandlerContext ctx) {
        head = null;
        ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), request())).addListener(written -> {
            if (written.isSuccess()) {
                onRequestWritten();
            } else {
                fail(ctx, String.valueOf(written.cause()));
            }
        });
    }

    final void send(ChannelHandlerContext ctx, ByteBuf bytes) {
        ctx.writeAndFlush(bytes).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    final void parked() {
        if (!parked) {
            parked = true;
            listener.parked(wait.index);
        }
    }

    /**
     * Takes an event.
     *
     * @param json the job's document
     */
    final void heard(ChannelHandlerContext ctx, EventName event, byte[] json) throws WireException {
        if (event == EventName.GONE) {
            throw new WireException("gone");
        }
        boolean terminal = stateOf(json).isTerminal();
        if (terminal != (event == EventName.COMPLETE) && event != EventName.RESET) {
            throw new WireException("the event " + event.wireName() + " with " + new String(json, ISO_8859_1));
        }
        listener.heard(wait.index, event, arrivedNanos);
        if (event == EventName.COMPLETE) {
            var unused = ctx.executor().schedule(() -> close(ctx), AFTERMATH.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Also makes sure that the document is of the job that is waited for. */
    final JobState stateOf(byte[] json) throws WireException {
        try {
            return JobEventReader.document(wait.job, json).state();
        } catch (InvalidDocumentException e) {
            throw new WireException(e.detail() + ": " + new String(json, ISO_8859_1));
        }
    }

    static EventName eventNamed(String wireName) throws WireException {
        for (EventName name : EventName.values()) {
            if (name.wireName().equals(wireName)) {
                return name;
            }
        }
        throw new WireException("an unknown event, " + wireName);
    }

    /** The index behind the first such marker; -1 where there is none. */
    static int endOf(byte[] marker, ByteBuf in) {
        int last = in.writerIndex() - marker.length;
        for (int start = in.readerIndex(); start <= last; start++) {
            int matched = 0;
            while (matched < marker.length && in.getByte(start + matched) == marker[matched]) {
                matched++;
            }
            if (matched == marker.length) {
                return start + matched;
            }
        }
        return -1;
    }

    final void fail(ChannelHandlerContext ctx, @Nullable String reason) {
        if (failure == null) {
            failure = reason == null ? "failed" : reason;
        }
        close(ctx);
    }

    private static void close(ChannelHandlerContext ctx) {
        var unused = ctx.close();
    }
}
