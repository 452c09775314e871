package dev.ringback.loadtest.floor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.loadtest.client.ClientLoops;
import dev.ringback.loadtest.client.EventStamp;
import dev.ringback.loadtest.floor.FloorJob.Format;
import dev.ringback.loadtest.server.ServerKind;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server that does nothing but deliver: one loop, one handler a socket, bytes that are encoded once for each event, and one write
 * for each delivery. What another server costs above it is what that server does.
 *
 * <p>It keeps each job's last event for those who come late. {@code GET /sub/<id>} waits; {@code POST /pub/<id>} delivers its body;
 * {@code POST /burst/<id>} delivers as many events of its own as its body says, as fast as the sockets take them.
 */
public final class FloorServer implements AutoCloseable {
    private static final int BACKLOG = 4096;
    private static final int READ_BYTES = 2048;
    private static final int MOST_JOBS = 200_000;

    private final EventLoopGroup loops = ClientLoops.start(1);
    /** The longest unused is forgotten when there are too many, unless someone waits for it. */
    private final Map<String, FloorJob> jobs = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, FloorJob> eldest) {
            return size() > MOST_JOBS && eldest.getValue().isEmpty();
        }
    };

    private final Channel channel;

    /** Listens on 127.0.0.1; port 0 is any free one. */
    public FloorServer(int port) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel socket) {
                        socket.pipeline().addLast(new FloorConnection(FloorServer.this));
                    }
                });
        var bound = bootstrap.bind("127.0.0.1", port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException("cannot listen on port " + port + ": " + bound.cause());
        }
        channel = bound.channel();
    }

    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    FloorJob job(String id) {
        return jobs.computeIfAbsent(id, unused -> new FloorJob());
    }

    void deliver(String id, byte[] event) {
        job(id).deliver(event);
    }

    /** Goes on when all sockets have taken the event before. */
    void burst(String id, int events, Runnable done) {
        FloorJob job = job(id);
        if (events == 0) {
            done.run();
            return;
        }
        int left = events;
        if (!job.hasUnwritten()) {
            String value = EventStamp.value(System.nanoTime(), EventStamp.LEAST_BYTES);
            ServerKind.Change change = new ServerKind.Change(id, job.events() + 1, false, value);
            job.deliver(new ServerKind.ChannelKind().post(change).body().getBytes(ISO_8859_1));
            left--;
        }
        int next = left;
        channel.eventLoop().execute(() -> burst(id, next, done));
    }

    void leave(String id, Format format, Channel socket) {
        FloorJob job = jobs.get(id);
        if (job != null) {
            job.remove(format, socket);
        }
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
