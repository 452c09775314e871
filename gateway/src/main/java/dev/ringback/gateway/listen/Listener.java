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
     */
    public record Runtime(NativeTransport transport, EventLoopGroup group, List<NettyLoop> loops) {}

    /**
     * What one port has for itself.
     *
     * @param address to be bound
     * @param overload what it can't take on
     * @param admission how many it lets in
     * @param acceptsPerSecond how many in a second; 0 for no limit
     */
    public record Port(
            InetSocketAddress address,
            ListenCounters counters,
            Overload overload,
            Admission admission,
            int acceptsPerSecond) {
        /**
         * The port for clients and workers, with the limits that are configured.
         *
         * @param maxFileDescriptors how many the process may have; client connections stay below
         */
        public static Port ofClients(
                GatewayConfig config, ListenCounters counters, Overload overload, long maxFileDescriptors) {
            ListenConfig listen = config.listen();
            return new Port(
                    new InetSocketAddress(listen.host(), listen.port()),
                    counters,
                    overload,
                    Admission.ofClients(config, maxFileDescriptors),
                    listen.acceptsPerSecond());
        }

        /** The port for operators, which stays open when clients are turned away. */
        public static Port ofOperators(GatewayConfig config) {
            return new Port(
                    new InetSocketAddress(config.admin().host(), config.admin().port()),
                    new ListenCounters(),
                    Overload.none(),
                    Admission.ofOperators(config),
                    0);
        }
    }

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
        ConnectionContext context = new ConnectionContext(
                config,
                handler,
                port.counters(),
                port.overload(),
                port.admission().addresses(),
                port.overload().requestsPerLoop(runtime.loops().size()),
                () -> draining);
        this.pipeline = new ConnectionPipeline(context, port.admission(), runtime.loops());
        this.server = bind(config.listen().backlog(), port);
    }

    private Channel bind(int backlog, Port port) throws java.net.BindException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(runtime.group())
                .channel(runtime.transport().serverChannel())
                .option(ChannelOption.SO_BACKLOG, backlog)
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
        if (port.acceptsPerSecond() > 0) {
            bootstrap.handler(new AcceptPace(port.acceptsPerSecond(), System.nanoTime(), port.counters().acceptPauses));
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
