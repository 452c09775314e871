package dev.ringback.gateway.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Accepts so many connections in a second and leaves the others to the kernel's backlog (the virtual scheduling of ITU-T I.371's
 * generic cell rate algorithm). A tenth of a second's share may come at once. Confined to the loop of the port.
 */
final class AcceptPace extends ChannelInboundHandlerAdapter {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long BURST_NANOS = SECOND_NANOS / 10;

    private final long intervalNanos;
    private final LongAdder pauses;
    private long dueNanos;

    AcceptPace(int perSecond, long nowNanos, LongAdder pauses) {
        this.intervalNanos = SECOND_NANOS / perSecond;
        this.pauses = pauses;
        this.dueNanos = nowNanos - BURST_NANOS;
    }

    /** A connection is accepted; for how long then none may be, 0 or less for no time. */
    long accept(long nowNanos) {
        dueNanos = Math.max(dueNanos, nowNanos - BURST_NANOS) + intervalNanos;
        return dueNanos - nowNanos;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object connection) {
        long pauseNanos = accept(System.nanoTime());
        if (pauseNanos > 0 && ctx.channel().config().isAutoRead()) {
            pauses.increment();
            ctx.channel().config().setAutoRead(false);
            var unused = ctx.executor()
                    .schedule(() -> ctx.channel().config().setAutoRead(true), pauseNanos, TimeUnit.NANOSECONDS);
        }
        ctx.fireChannelRead(connection);
    }
}
