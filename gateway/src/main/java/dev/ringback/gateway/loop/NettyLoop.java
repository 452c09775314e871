package dev.ringback.gateway.loop;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Loop} on one of Netty's. */
public final class NettyLoop implements Loop {
    private static final Logger LOG = LoggerFactory.getLogger(NettyLoop.class);

    private final int index;
    private final EventLoop eventLoop;
    private final LoopTicker ticker;

    public NettyLoop(int index, EventLoop eventLoop) {
        this.index = index;
        this.eventLoop = eventLoop;
        this.ticker = new LoopTicker(System.nanoTime(), this::wakeAfter);
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public LoopTicker ticker() {
        assert inLoop();
        return ticker;
    }

    @Override
    public void execute(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException e) {
            if (!eventLoop.isShuttingDown()) {
                throw e;
            }
            LOG.debug("the loop has stopped; a task came too late");
        }
    }

    /** As exactly as the event loop can: what is for few, for the ticker is for many. */
    @Override
    public void executeAfter(long nanos, Runnable task) {
        if (!eventLoop.isShuttingDown()) {
            var unused = eventLoop.schedule(task, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void wakeAfter(long nanos) {
        executeAfter(nanos, () -> ticker.tick(nanoTime()));
    }
}
