package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.ListenConfig.Transport;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import org.jspecify.annotations.Nullable;

/** How bytes reach the kernel. {@link #select} picks epoll where it is there, else NIO; io_uring only by config. */
public enum NativeTransport {
    EPOLL,
    NIO,
    IO_URING;

    /**
     * The transport for a setting.
     *
     * @throws IllegalStateException where the one asked for by name is not there; its message says why
     */
    public static NativeTransport select(Transport setting) {
        return switch (setting) {
            case AUTO -> Epoll.isAvailable() ? EPOLL : NIO;
            case EPOLL -> require(EPOLL, Epoll.unavailabilityCause());
            case IO_URING -> require(IO_URING, IoUring.unavailabilityCause());
            case NIO -> NIO;
        };
    }

    private static NativeTransport require(NativeTransport transport, @Nullable Throwable cause) {
        if (cause != null) {
            throw new IllegalStateException(
                    "listen.transport = " + transport.name().toLowerCase(java.util.Locale.ROOT)
                            + " is not available here: " + cause.getMessage());
        }
        return transport;
    }

    public IoHandlerFactory ioHandlerFactory() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
        };
    }

    /** The option that bounds the bytes that the kernel keeps unsent for one connection; null where there is none. */
    @Nullable ChannelOption<Long> unsentLimit() {
        return switch (this) {
            case EPOLL -> EpollChannelOption.TCP_NOTSENT_LOWAT;
            case IO_URING -> IoUringChannelOption.TCP_NOTSENT_LOWAT;
            case NIO -> null;
        };
    }

    Class<? extends ServerSocketChannel> serverChannel() {
        return switch (this) {
            case EPOLL -> EpollServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
        };
    }

    /** What connections that the gateway makes itself are. */
    public Class<? extends SocketChannel> socketChannel() {
        return switch (this) {
            case EPOLL -> EpollSocketChannel.class;
            case NIO -> NioSocketChannel.class;
            case IO_URING -> IoUringSocketChannel.class;
        };
    }

    public Class<? extends DatagramChannel> datagramChannel() {
        return switch (this) {
            case EPOLL -> EpollDatagramChannel.class;
            case NIO -> NioDatagramChannel.class;
            case IO_URING -> IoUringDatagramChannel.class;
        };
    }
}
