package dev.ringback.gateway.testkit;

import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.redis.LettuceTransport;
import dev.ringback.protocol.JobId;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUringIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Real event loops, one per shard, on the transport that Lettuce uses too. */
public final class ShardLoops implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group;
    private final List<NettyLoop> loops = new ArrayList<>();

    public ShardLoops(int shards) {
        group = new MultiThreadIoEventLoopGroup(shards, handlers());
        for (int shard = 0; shard < shards; shard++) {
            loops.add(new NettyLoop(shard, (EventLoop) group.next()));
        }
    }

    /** One transport for all tests of a process, because Lettuce decides once. */
    private static IoHandlerFactory handlers() {
        String transport = System.getProperty("ringback.test.transport", Epoll.isAvailable() ? "epoll" : "nio");
        LettuceTransport.select(transport.equals("epoll"), transport.equals("io_uring"));
        return switch (transport) {
            case "epoll" -> EpollIoHandler.newFactory();
            case "io_uring" -> IoUringIoHandler.newFactory();
            default -> NioIoHandler.newFactory();
        };
    }

    public List<NettyLoop> loops() {
        return loops;
    }

    public NettyLoop loop(int shard) {
        return loops.get(shard);
    }

    public int shardOf(JobId id) {
        return Math.floorMod(id.hashCode(), loops.size());
    }

    /** Runs something on a shard's loop and waits for what it gives. */
    public <T> T on(int shard, Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop(shard).run(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** Runs something on a shard's loop and waits for its end. */
    public void run(int shard, Runnable task) {
        on(shard, () -> {
            task.run();
            return true;
        });
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
