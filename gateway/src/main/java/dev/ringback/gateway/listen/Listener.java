package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.ListenConfig;
import dev.ringback.gateway.http.RequestHandler;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.overload.Overload;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One bound port and its connections. */
public final class Listener {
    /**
     * Where the port runs.
     *
     * @param group the loops, the same as {@code loops}
     * @param maxFileDescriptors how many the process may have; client connections stay below
     */
    public record Runtime(
            NativeTransport transport, EventLoopGroup group, List<NettyLoop> loops, long maxFileDescriptors) {}

    /**
     * What one port has for itself.
     *
     * @param address to be bound
     * @param overload what it can't take on
     */
    public record Port(InetSocketAddress address, ListenCounters counters, Overload overload) {}

    /**
     * Bytes that the kernel may keep unsent for one connection. By itself it keeps megabytes for a client that reads slowly, and tells
     * of room in steps of a third of that, so that such a client would seem to take nothing for a long time.
     */
    private static final long UNSENT_BYTES = 131_072;

    private final Runtime runtime;
    private final ConnectionPipeline pipeline;
    private final Channel server;
    private volatile boolean draining;

    /**
     * Binds the address and accepts from then on. Blocks until it is bound; not for event loops.
     *
     * @throws java.net.BindException where the address is taken or not this machine's
     */
    public Listener(Runtime runtime, GatewayConfig config, RequestHandler handler, Port port)
            throws java.net.BindException {
        this.runtime = runtime;
        Admission admission = new Admission(config, runtime.maxFileDescriptors());
        ConnectionContext context = new ConnectionContext(
                config,
                handler,
                port.counters(),
                port.overload(),
                admission.addresses(),
                port.overload().requestsPerLoop(runtime.loops().size()),
                () -> draining);
        this.pipeline = new ConnectionPipeline(context, admission, runtime.loops());
        this.server = bind(config.listen(), port);
    }

    private Channel bind(ListenConfig config, Port port) throws java.net.BindException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(runtime.group())
                .channel(runtime.transport().serverChannel())
                .option(ChannelOption.SO_BACKLOG, config.backlog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(pipeline);
        ChannelOption<Long> unsentLimit = runtime.transport().unsentLimit();
        if (unsentLimit != null) {
            bootstrap.childOption(unsentLimit, UNSENT_BYTES);
        }
        if (runtime.transport() != NativeTransport.IO_URING) {
            bootstrap.childOption(ChannelOption.RECVBUF_ALLOCATOR, new LoopReceiveBuffers());
        }
        if (config.acceptsPerSecond() > 0) {
            bootstrap.handler(
                    new AcceptPace(config.acceptsPerSecond(), System.nanoTime(), port.counters().acceptPauses));
        }
        InetSocketAddress address = port.address();
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String where = address.getHostString() + ":" + address.getPort();
            String why = address.isUnresolved()
                    ? "unknown host"
                    : String.valueOf(bound.cause().getMessage());
            throw new java.net.BindException("cannot listen on " + where + ": " + why);
        }
        return bound.channel();
    }

    /** The address, with the port that was chosen where 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /** Stops accepting; from now on each answer ends its connection. Completes on a loop, when the port is free. */
    public CompletableFuture<Void> stopAccepting() {
        draining = true;
        CompletableFuture<Void> closed = new CompletableFuture<>();
        server.close().addListener(done -> closed.complete(null));
        return closed;
    }

    List<LoopConnections> connectionsByLoop() {
        return pipeline.connectionsByLoop();
    }
}
