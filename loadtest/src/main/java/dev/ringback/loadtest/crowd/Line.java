package dev.ringback.loadtest.crowd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.loadtest.client.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a seat, its pipeline's only handler: cuts bytes into messages at the least cost. Only what an HTTP/1.1 server
 * without a proxy says is understood. Confined to its loop.
 */
abstract class Line extends ChannelInboundHandlerAdapter {
    static final int NEEDS_MORE = -1;

    private static final byte[] NONE = new byte[0];
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(ISO_8859_1);
    private static final int STATUS_START = "HTTP/1.1 ".length();

    final Seat seat;
    final Desk desk;
    private final long dialledNanos = System.nanoTime();
    private byte[] rest = NONE;
    private @Nullable ChannelHandlerContext context;
    private boolean inHead = true;
    private boolean parked;
    private boolean fresh = true;
    private boolean ended;
    private boolean left;

    Line(Seat seat) {
        this.seat = seat;
        this.desk = seat.desk;
    }

    static Line of(Transport transport, Seat seat) {
        return switch (transport) {
            case WEBSOCKET -> new WebSocketLine(seat);
            case SSE -> new SseLine(seat);
            case LONG_POLL -> new LongPollLine(seat);
        };
    }

    /** The request's fields behind {@code Host}, each with its line's end. */
    abstract String fields();

    /** Takes the response's head; returns whether it is the one that was hoped for. */
    abstract boolean onHead(int status, String head);

    /** Takes one whole message that begins there; returns where it ends, or {@link #NEEDS_MORE}. */
    abstract int onBody(byte[] bytes, int from, int to);

    // ── the connection ─────────────────────────────────────────────────────────────────────────────────────────

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        desk.tally.open.increment();
        if (left) {
            var unused = ctx.close();
        } else {
            ask();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        int length = rest.length + in.readableBytes();
        if (length > desk.scratch.length) {
            in.release();
            leave("a message of more than " + desk.scratch.length + " bytes");
            return;
        }
        byte[] bytes = desk.scratch;
        System.arraycopy(rest, 0, bytes, 0, rest.length);
        in.readBytes(bytes, rest.length, in.readableBytes());
        in.release();
        int at = 0;
        int next = 0;
        while (next >= 0 && at < length && !left) {
            next = inHead ? head(bytes, at, length) : onBody(bytes, at, length);
            at = next >= 0 ? next : at;
        }
        rest = at == length || left ? NONE : Arrays.copyOfRange(bytes, at, length);
    }

    private int head(byte[] bytes, int from, int to) {
        int end = EventText.indexOf(bytes, from, to, HEAD_END);
        if (end < 0) {
            return NEEDS_MORE;
        }
        String head = new String(bytes, from, end + 2 - from, ISO_8859_1);
        String status = head.length() < STATUS_START + 3 ? "" : head.substring(STATUS_START, STATUS_START + 3);
        inHead = false;
        if (!status.matches("[1-5][0-9][0-9]")) {
            leave("not an HTTP response");
        } else if (!onHead(Integer.parseInt(status), head)) {
            leave("HTTP " + status);
        }
        return end + HEAD_END.length;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        desk.tally.open.decrement();
        if (parked) {
            desk.tally.waiting.decrement();
        }
        seat.closed(this, left);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var unused = ctx.close();
    }

    // ── for the transports ─────────────────────────────────────────────────────────────────────────────────────

    /** Sends the request for the seat's job. */
    final void ask() {
        inHead = true;
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            String path = desk.kind.waitPath(seat.job(), seat.transport);
            String request =
                    "GET " + path + " HTTP/1.1\r\nHost: " + desk.target.authority() + "\r\n" + fields() + "\r\n";
            ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), request))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    final void send(ByteBuf bytes) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            bytes.release();
        } else {
            ctx.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    final void parked() {
        if (!parked) {
            parked = true;
            long now = System.nanoTime();
            desk.tally.lastParkedNanos.accumulate(now);
            desk.tally.parked.increment();
            desk.tally.waiting.increment();
            desk.connecting.recordValue(now - dialledNanos);
            seat.parked(this);
        }
    }

    /** Takes an event; returns false where the bytes are none. */
    final boolean event(byte[] bytes, int from, int to) {
        EventText event = desk.text;
        if (!event.read(bytes, from, to)) {
            return false;
        }
        if (ended) {
            desk.tally.afterTerminal.increment();
            return true;
        }
        boolean first = fresh;
        fresh = false;
        ended = event.ends();
        seat.heard(this, event, first);
        return true;
    }

    /** Waits on for another job of the same seat, by the same connection. */
    final void again() {
        ended = false;
        fresh = true;
        ask();
    }

    /** Whether an answer's head is what comes next. */
    final boolean isAsking() {
        return inHead;
    }

    final boolean hasEnded() {
        return ended;
    }

    final boolean isParked() {
        return parked;
    }

    final void stopReading() {
        if (context != null) {
            context.channel().config().setAutoRead(false);
        }
    }

    /** Gives up on the connection, for a reason that is kept. */
    final void leave(String complaint) {
        desk.tally.complain(seat.transport.spelling() + ": " + complaint);
        leave();
    }

    final void leave() {
        left = true;
        if (context != null) {
            var unused = context.close();
        }
    }

    static @Nullable String field(String head, String name) {
        int start = head.toLowerCase(java.util.Locale.ROOT).indexOf("\r\n" + name + ":");
        if (start < 0) {
            return null;
        }
        int value = start + name.length() + 3;
        return head.substring(value, head.indexOf("\r\n", value)).strip();
    }
}
