package dev.ringback.loadtest.client;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that connections come from. One address has about 28,000 ports for one target, so many connections to the
 * loopback interface come from several of its addresses.
 */
public final class SourceAddresses {
    private static final int CONNECTIONS_PER_ADDRESS = 20_000;
    private static final int MAX_ADDRESSES = 250;

    private final int addresses;

    /** Addresses for so many connections at a time; one, the kernel's choice, where the target is not on IPv4 loopback. */
    public SourceAddresses(InetSocketAddress target, int connections) {
        boolean loopback = target.getAddress() instanceof Inet4Address ip && ip.isLoopbackAddress();
        int needed = (connections + CONNECTIONS_PER_ADDRESS - 1) / CONNECTIONS_PER_ADDRESS;
        addresses = loopback ? Math.min(needed, MAX_ADDRESSES) : 1;
    }

    /** Where the connection should come from; null lets the kernel choose. */
    public @Nullable InetSocketAddress of(int connection) {
        return addresses <= 1 ? null : new InetSocketAddress("127.0.0." + (1 + connection % addresses), 0);
    }
}
