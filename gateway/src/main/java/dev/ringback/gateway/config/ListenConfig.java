package dev.ringback.gateway.config;

import java.util.List;

/**
 * {@code listen.*}: the port that clients and workers use.
 *
 * @param host the address or host name to bind; the default reaches this machine only
 * @param port the TCP port; 0 binds any free one
 * @param transport how sockets are driven
 * @param loops event loops for connections; 0 is one per core
 * @param backlog connections that the kernel may hold before they are accepted
 * @param trustedProxies addresses and CIDR ranges behind which many clients share one address, e.g. {@code 10.0.0.0/8}
 * @param forwardedHeader where those proxies write the client's address
 * @param acceptsPerSecond connections accepted in a second; 0 is no limit
 */
public record ListenConfig(
        @Setting(value = "127.0.0.1", format = Format.HOST) String host,
        @Setting(value = "8080", min = "0", max = "65535") int port,
        @Setting("auto") Transport transport,
        @Setting(value = "0", min = "0", max = "1024") int loops,
        @Setting(value = "4096", min = "1", max = "65535") int backlog,
        @Setting(value = "", format = Format.ADDRESS_RANGE) List<String> trustedProxies,
        @Setting("x-forwarded-for") ForwardedHeader forwardedHeader,
        @Setting(value = "0", min = "0", max = "10000000") int acceptsPerSecond) {

    /** Where a proxy writes the address of its client. */
    public enum ForwardedHeader {
        /** A list, to which each proxy adds the address that it was called from. */
        X_FORWARDED_FOR,
        /** The same with more to say: RFC 7239. */
        FORWARDED
    }

    /** How sockets are driven. */
    public enum Transport {
        /** The best of the others that this machine has. */
        AUTO,
        /** Linux io_uring. */
        @Named("io_uring")
        IO_URING,
        /** Linux epoll. */
        EPOLL,
        /** The JDK's own selector, on any system. */
        NIO
    }

    public ListenConfig {
        trustedProxies = List.copyOf(trustedProxies);
        Keys.requireAllowed(
                ListenConfig.class,
                host,
                port,
                transport,
                loops,
                backlog,
                trustedProxies,
                forwardedHeader,
                acceptsPerSecond);
    }

    /** Whether only this machine can reach the port: a loopback address or {@code localhost}. */
    public boolean isLoopback() {
        return AddressLiteral.isLoopback(host);
    }
}
