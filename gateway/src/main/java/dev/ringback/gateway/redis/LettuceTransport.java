package dev.ringback.gateway.redis;

import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;

/**
 * How Lettuce drives its sockets. It takes the best native transport that it finds, and its channels then refuse event loops of
 * another kind, so it must be told before its classes load.
 */
public final class LettuceTransport {
    private static final String EPOLL = "io.lettuce.core.epoll";
    private static final String IO_URING = "io.lettuce.core.iouring";
    private static final String KQUEUE = "io.lettuce.core.kqueue";

    private LettuceTransport() {}

    /**
     * Makes Lettuce fit the gateway's event loops; with neither, it uses the JDK's selector. Call it first of all: Lettuce decides
     * once in a process.
     *
     * @throws IllegalStateException where Lettuce has decided otherwise already, or the transport is not there
     */
    public static void select(boolean epoll, boolean ioUring) {
        if (epoll && ioUring) {
            throw new IllegalArgumentException("epoll and io_uring exclude each other");
        }
        System.setProperty(EPOLL, Boolean.toString(epoll));
        System.setProperty(IO_URING, Boolean.toString(ioUring));
        System.setProperty(KQUEUE, "false");
        if (EpollProvider.isAvailable() != epoll || IOUringProvider.isAvailable() != ioUring) {
            throw new IllegalStateException("Lettuce uses epoll=" + EpollProvider.isAvailable() + " io_uring="
                    + IOUringProvider.isAvailable() + ", the gateway epoll=" + epoll + " io_uring=" + ioUring);
        }
    }

    /** Whether sockets take the options that only native transports know. */
    static boolean isNative() {
        return EpollProvider.isAvailable() || IOUringProvider.isAvailable();
    }
}
