package dev.ringback.gateway.redis;

import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What all shards' clients share, a timer and one helping thread for handshakes; the event loop is each shard's own. */
public final class LettuceResources {
    private static final int FLUSH_AFTER_COMMANDS = 256;
    private static final long LOG_SECONDS = 1;

    private final HashedWheelTimer timer = new HashedWheelTimer(new DefaultThreadFactory("redis-timer", true));
    private final DefaultEventExecutorGroup executor =
            new DefaultEventExecutorGroup(1, new DefaultThreadFactory("redis-handshake", true));
    private final ClientResources shared = DefaultClientResources.builder()
            .timer(timer)
            .eventExecutorGroup(executor)
            .eventLoopGroupProvider(new NoLoop())
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .nettyCustomizer(new BurstFlushes())
            .build();

    /** When Redis goes or comes back, all shards have as many lines to say about it. */
    final LogLimit lossLog = new LogLimit(System.nanoTime(), LOG_SECONDS);

    final LogLimit returnLog = new LogLimit(System.nanoTime(), LOG_SECONDS);

    private final AtomicBoolean closed = new AtomicBoolean();

    ClientResources on(EventLoop loop) {
        return shared.mutate()
                .timer(timer)
                .eventExecutorGroup(executor)
                .eventLoopGroupProvider(new OwnLoop(loop))
                .build();
    }

    /** Ends the helping threads, in the background. Call it when all clients are closed; again does no harm. */
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        executor.execute(timer::stop);
        var unused = shared.shutdown(0, 0, TimeUnit.SECONDS);
        var unusedToo = executor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Several commands of one burst of the loop leave in one write. */
    private static final class BurstFlushes implements NettyCustomizer {
        @Override
        public void afterChannelInitialized(Channel channel) {
            channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSH_AFTER_COMMANDS, true));
        }
    }

    /** Never asked: each client has a loop of its own. */
    private static class NoLoop implements EventLoopGroupProvider {
        @Override
        public <T extends EventLoopGroup> T allocate(Class<T> type) {
            throw new IllegalStateException("no event loop here");
        }

        @Override
        public int threadPoolSize() {
            return 1;
        }

        @Override
        public Future<Boolean> release(EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
            return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
        }

        @Override
        public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
            return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
        }
    }

    /** Hands out the shard's loop, which is the gateway's to end. */
    private static final class OwnLoop extends NoLoop {
        private final EventLoop loop;

        private OwnLoop(EventLoop loop) {
            this.loop = loop;
        }

        /** Lettuce asks for a group of threads by its class, and uses what it gets as any group. */
        @Override
        @SuppressWarnings("unchecked")
        public <T extends EventLoopGroup> T allocate(Class<T> type) {
            return (T) loop;
        }
    }
}
