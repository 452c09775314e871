package dev.ringback.loadtest.webhook;

import dev.ringback.loadtest.client.ClientLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Receives webhooks: on each of its ports an endpoint that answers 204 at once, and beside them one that takes requests and never
 * answers, and one where connections are refused. These two are there at each of the machine's addresses, so that there are many of
 * them: 127.0.0.1, 127.0.0.2 and so on are origins of their own. One loop does it all.
 */
final class Sink implements AutoCloseable {
    private static final int BACKLOG = 4096;

    /** Where everything is. */
    record Ports(List<Integer> endpoints, int silent, int refusing) {}

    private final EventLoopGroup loops = ClientLoops.start(1);
    private final List<Channel> channels = new ArrayList<>();
    private final Socket refusing = new Socket();
    private final Ports ports;
    /** These are confined to the loop. */
    private @Nullable SinkCounts counts;

    private long accepted;
    private long ignored;

    Sink(int endpoints) throws IOException {
        List<Integer> bound = new ArrayList<>();
        for (int i = 0; i < endpoints; i++) {
            bound.add(bind("127.0.0.1", () -> new SinkConnection(this)));
        }
        int silent = bind("0.0.0.0", Silence::new);
        // A port that is taken and where nobody listens: no one else gets it, and who dials it is refused.
        refusing.bind(new InetSocketAddress("0.0.0.0", 0));
        ports = new Ports(bound, silent, refusing.getLocalPort());
    }

    private int bind(String address, Supplier<ChannelHandler> handler) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel socket) {
                        accepted++;
                        socket.pipeline().addLast(handler.get());
                    }
                });
        var bound = bootstrap.bind(address, 0).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw new IOException("cannot listen on " + address + ": " + bound.cause());
        }
        channels.add(bound.channel());
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    /** Reads and says nothing. */
    private final class Silence extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ignored++;
            ReferenceCountUtil.release(message);
        }

        /** A client that resets its connection is one that has gone. */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var unused = ctx.close();
        }
    }

    Ports ports() {
        return ports;
    }

    /** Begins to count from nothing. */
    void begin(SinkRun run) throws IOException {
        onLoop(() -> counts = new SinkCounts(run, ports.endpoints().size()));
    }

    SinkFigures read() throws IOException {
        return onLoop(() -> counts().figures(ignored, accepted));
    }

    /** How many different deliveries have come; cheaper than {@link #read}. */
    long distinct() throws IOException {
        return onLoop(() -> counts().distinctDeliveries());
    }

    private SinkCounts counts() {
        SinkCounts present = counts;
        if (present == null) {
            throw new IllegalStateException("no run has begun");
        }
        return present;
    }

    private <T> T onLoop(Callable<T> work) throws IOException {
        try {
            return loops.submit(work).get();
        } catch (ExecutionException e) {
            throw new IOException("the sink failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the sink was asked", e);
        }
    }

    /** In the loop. Before the first run nobody counts. */
    void received(int endpoint, String webhookId, byte[] body) {
        SinkCounts present = counts;
        if (present != null) {
            present.received(endpoint, webhookId, body, System.nanoTime());
        }
    }

    @Override
    public void close() throws IOException {
        refusing.close();
        channels.forEach(channel -> channel.close().awaitUninterruptibly());
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
