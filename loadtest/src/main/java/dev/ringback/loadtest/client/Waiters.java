package dev.ringback.loadtest.client;

import dev.ringback.protocol.JobId;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Opens connections that each wait for one job, and keeps them. */
public final class Waiters implements AutoCloseable {
    /** How to wait, and for how many jobs at a time. */
    public record Plan(Target target, Transport transport, int loops, int atATime) {}

    private static final int POLL_SECONDS = 55;
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
        loops = ClientLoops.start(plan.loops());
        bootstrap = ClientLoops.bootstrap(loops);
    }

    /** Begins to wait for a job; blocks while many connections are being made. */
    public void open(int index, JobId job) throws InterruptedException {
        connecting.acquire();
        Waiter.Wait wait = new Waiter.Wait(job, plan.target(), null, POLL_SECONDS);
        Waiter waiter = plan.transport().waiter(wait, new OnceHearer(index, listener));
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
