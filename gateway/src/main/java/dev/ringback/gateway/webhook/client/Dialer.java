package dev.ringback.gateway.webhook.client;

import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Makes connections to receivers: to the address that was checked, with TLS for the name in the URL. Any thread. */
final class Dialer implements AutoCloseable {
    private final Class<? extends SocketChannel> sockets;
    private final SslContext tls;
    private final Duration timeout;
    /** Checks certificates and computes keys, which takes too long for a loop that others wait on. */
    private final ExecutorService handshakes = Executors.newSingleThreadExecutor(Dialer::thread);

    private final AtomicLong open = new AtomicLong();

    Dialer(Class<? extends SocketChannel> sockets, SslContext tls, Duration timeout) {
        this.sockets = sockets;
        this.tls = tls;
        this.timeout = timeout;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "webhook-tls");
        thread.setDaemon(true);
        return thread;
    }

    long open() {
        return open.get();
    }

    /** A connection, or a {@link CallException}. Whoever no longer wants it cancels. */
    Promise<Connection> dial(EventLoop loop, Peer peer) {
        Promise<Connection> made = loop.newPromise();
        Connection connection = new Connection(peer, System.nanoTime());
        ChannelFuture connect = new Bootstrap()
                .group(loop)
                .channel(sockets)
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new Pipeline(connection, made))
                .connect(new InetSocketAddress(peer.address(), peer.port()));
        Channel channel = connect.channel();
        ScheduledFuture<?> timer = loop.schedule(
                () -> made.tryFailure(new CallException(
                        channel.isActive() ? Failure.TLS : Failure.CONNECT,
                        "no connection within " + timeout.toMillis() + " ms")),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
        connect.addListener(connected -> {
            if (!connected.isSuccess()) {
                made.tryFailure(new CallException(Failure.CONNECT, reason(connected.cause())));
            } else if (!peer.isTls()) {
                made.trySuccess(connection);
            }
        });
        made.addListener(done -> {
            timer.cancel(false);
            if (!done.isSuccess() && channel.isOpen()) {
                var unused = channel.close();
            }
        });
        return made;
    }

    /** What bytes pass through. */
    private final class Pipeline extends ChannelInitializer<SocketChannel> {
        private final Connection connection;
        private final Promise<Connection> made;

        Pipeline(Connection connection, Promise<Connection> made) {
            this.connection = connection;
            this.made = made;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            open.incrementAndGet();
            channel.closeFuture().addListener(closed -> open.decrementAndGet());
            ChannelPipeline pipeline = channel.pipeline();
            if (connection.peer().isTls()) {
                pipeline.addLast(handshaking(channel));
            }
            pipeline.addLast(new HttpRequestEncoder());
            pipeline.addLast(connection.decoder());
            pipeline.addLast(connection);
        }

        private SslHandler handshaking(SocketChannel channel) {
            Peer peer = connection.peer();
            SslHandler handler = tls.newHandler(channel.alloc(), peer.host(), peer.port(), handshakes);
            // The timer of the whole connection counts.
            handler.setHandshakeTimeoutMillis(0);
            handler.handshakeFuture().addListener(shaken -> {
                if (shaken.isSuccess()) {
                    made.trySuccess(connection);
                } else {
                    made.tryFailure(new CallException(Failure.TLS, reason(shaken.cause())));
                }
            });
            return handler;
        }
    }

    /** What went wrong, in words. */
    static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    @Override
    public void close() {
        handshakes.shutdown();
    }
}
