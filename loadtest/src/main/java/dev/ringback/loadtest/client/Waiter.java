package dev.ringback.loadtest.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.EventName;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobEventReader;
import dev.ringback.protocol.JobId;
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
     * @param after what the client has already; null for nothing
     * @param pollSeconds how long a long poll asks to be held
     */
    record Wait(JobId job, Target target, @Nullable Cursor after, int pollSeconds) {}

    /** How long a wait listens on after the job's end, to hear what must not come any more. */
    static final Duration AFTERMATH = Duration.ofSeconds(1);

    final Wait wait;
    private final Hearer hearer;
    private @Nullable ResponseHead head;
    private @Nullable String failure;
    private boolean parked;
    private boolean closing;
    private long arrivedNanos;

    Waiter(Wait wait, Hearer hearer) {
        this.wait = wait;
        this.hearer = hearer;
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
        if (closing) {
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
            hearer.wrong(String.valueOf(e.getMessage()));
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
        hearer.closed(failure);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, cause.toString());
    }

    // ── for the transports ─────────────────────────────────────────────────────────────────────────────────────

    final void sendRequest(ChannelHandlerContext ctx) {
        head = null;
        hearer.asked(System.nanoTime());
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
            hearer.parked();
        }
    }

    /** Takes an event that carries the job. */
    final void heard(ChannelHandlerContext ctx, EventName event, JobEvent job) throws WireException {
        if (job.state().isTerminal() != (event == EventName.COMPLETE) && event != EventName.RESET) {
            throw new WireException("the event " + event.wireName() + " with " + job);
        }
        hearer.event(event, job, arrivedNanos);
        if (event == EventName.COMPLETE) {
            var unused = ctx.executor().schedule(() -> close(ctx), AFTERMATH.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    final void gone(ChannelHandlerContext ctx, String reason) throws WireException {
        hearer.gone(reason, arrivedNanos);
        close(ctx);
    }

    final void upToDate(boolean asksOn) throws WireException {
        hearer.upToDate(asksOn, arrivedNanos);
    }

    final void retry(long millis) {
        hearer.retry(millis);
    }

    /** Takes an answer that is none of the wait's own: what follows its head does not matter. */
    final void refused(ChannelHandlerContext ctx, ResponseHead response) throws WireException {
        String reason = "HTTP " + response.status();
        if (response.status() == 404 || response.status() == 410) {
            gone(ctx, reason);
        } else {
            refused(ctx, reason, response.retryAfterMillis());
        }
    }

    final void refused(ChannelHandlerContext ctx, String reason, long delayMillis) throws WireException {
        hearer.refused(reason, delayMillis, arrivedNanos);
        close(ctx);
    }

    /** Also makes sure that the document is of the job that is waited for. */
    final JobEvent document(byte[] json) throws WireException {
        try {
            return JobEventReader.document(wait.job, json);
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

    /** Reads nothing more: what was sent behind the last word is not about this wait. */
    final void close(ChannelHandlerContext ctx) {
        closing = true;
        var unused = ctx.close();
    }
}
