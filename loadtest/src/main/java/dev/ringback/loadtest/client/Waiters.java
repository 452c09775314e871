package dev.ringback.loadtest.client;

import dev.ringback.protocol.JobId;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Opens connections that each wait for one job, and keeps them. */
public final class Waiters implements AutoCloseable {
    /** How to wait, and for how many jobs at a time. */
    public record Plan(Target target, Transport transport, int loops, int atATime) {}

    private static final int READ_BYTES = 1024;
    private static final int MAX_CONNECTING = 256;

    private final Plan plan;
    private final WaiterListener listener;
    private final InetSocketAddress address;
    private final SourceAddresses sources;
    private final EventLoopGroup loops;
    private final Bootstrap bootstrap;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Semaphore connecting = new Semaphore(MAX_CONNECTING);

    public Waiters(Plan plan, WaiterListener listener) throws IOException {
        this.plan = plan;
        this.listener = listener;
        address = plan.target().address();
        if (address.isUnresolved()) {
            throw new IOException("no address for " + plan.target().host());
        }
        sources = new SourceAddresses(address, plan.atATime());
        boolean epoll = Epoll.isAvailable();
        loops = new MultiThreadIoEventLoopGroup(
                plan.loops(), epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        // A close that resets the connection gives its port back at once: no TIME_WAIT.
        bootstrap = new Bootstrap()
                .group(loops)
                .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_LINGER, 0)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES));
        if (epoll) {
            bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
    }

    /** Begins to wait for a job; blocks while many connections are being made. */
    public void open(int index, JobId job) throws InterruptedException {
        connecting.acquire();
        Waiter waiter = plan.transport().waiter(new Waiter.Wait(index, job, plan.target()), listener);
        ChannelFuture connected = bootstrap.clone().handler(waiter).connect(address, sources.of(index));
        connected.addListener(done -> {
            connecting.release();
            if (done.isSuccess()) {
                channels.add(connected.channel());
            } else {
                listener.ended(index, String.valueOf(done.cause()));
            }
        });
    }

    /** How many connections are there now. */
    public int size() {
        return channels.size();
    }

    /** Closes every connection that is there now; more may be opened. */
    public void closeAll() {
        channels.close().awaitUninterruptibly();
    }

    @Override
    public void close() {
        closeAll();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
