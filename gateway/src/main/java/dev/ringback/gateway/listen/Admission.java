package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.LimitsConfig;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts connections in and out, and says which are one too many. Thread-safe. */
final class Admission {
    /** File descriptors that are not for clients: Redis, logs, the jar, the admin port. */
    private static final int RESERVED_DESCRIPTORS = 256;

    private final int maxConnections;
    private final int maxPerAddress;
    private final List<IpSubnetFilterRule> proxies = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

    Admission(LimitsConfig limits, List<String> trustedProxies, long maxFileDescriptors) {
        long fromDescriptors = Math.max(RESERVED_DESCRIPTORS, maxFileDescriptors - RESERVED_DESCRIPTORS);
        maxConnections =
                limits.connections() > 0 ? limits.connections() : (int) Math.min(Integer.MAX_VALUE, fromDescriptors);
        maxPerAddress = limits.connectionsPerAddress();
        trustedProxies.forEach(proxy -> proxies.add(rule(proxy)));
    }

    private static IpSubnetFilterRule rule(String proxy) {
        int slash = proxy.indexOf('/');
        String address = slash < 0 ? proxy : proxy.substring(0, slash);
        int allBits = address.contains(":") ? 128 : 32;
        int prefix = slash < 0 ? allBits : Integer.parseInt(proxy.substring(slash + 1));
        return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
    }

    /** Lets a connection in; null where it may stay, else the name of the limit that it is beyond. */
    @Nullable String enter(@Nullable SocketAddress address) {
        if (connections.incrementAndGet() > maxConnections) {
            connections.decrementAndGet();
            return "limits.connections";
        }
        InetAddress host = host(address);
        if (host != null && perAddress.merge(host, 1, Integer::sum) > maxPerAddress) {
            leave(address);
            return "limits.connections-per-address";
        }
        return null;
    }

    /** A connection that was let in has ended. */
    void leave(@Nullable SocketAddress address) {
        connections.decrementAndGet();
        InetAddress host = host(address);
        if (host != null) {
            perAddress.computeIfPresent(host, (key, count) -> count == 1 ? null : count - 1);
        }
    }

    /** The address that counts; null where none does, as for a trusted proxy, behind which many clients are. */
    private @Nullable InetAddress host(@Nullable SocketAddress address) {
        if (maxPerAddress == 0 || !(address instanceof InetSocketAddress inet)) {
            return null;
        }
        return proxies.stream().anyMatch(proxy -> proxy.matches(inet)) ? null : inet.getAddress();
    }
}
