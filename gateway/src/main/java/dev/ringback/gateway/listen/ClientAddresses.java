package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.ListenConfig;
import dev.ringback.gateway.config.ListenConfig.ForwardedHeader;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How much each client address has at once: connections of clients that come by themselves, requests of those that come through a
 * trusted proxy. Thread-safe.
 */
final class ClientAddresses {
    private static final int IPV6_NETWORK_BYTES = 8;
    private static final String FOR = "for=";

    private final int max;
    private final String header;
    private final boolean isForwarded;
    private final List<IpSubnetFilterRule> proxies = new ArrayList<>();
    private final ConcurrentHashMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

    /** @param max how much one address may have; 0 for no limit */
    ClientAddresses(int max, ListenConfig listen) {
        this.max = max;
        this.isForwarded = listen.forwardedHeader() == ForwardedHeader.FORWARDED;
        this.header = isForwarded ? "Forwarded" : "X-Forwarded-For";
        listen.trustedProxies().forEach(proxy -> proxies.add(rule(proxy)));
    }

    private static IpSubnetFilterRule rule(String proxy) {
        int slash = proxy.indexOf('/');
        String address = slash < 0 ? proxy : proxy.substring(0, slash);
        int allBits = address.contains(":") ? 128 : 32;
        int prefix = slash < 0 ? allBits : Integer.parseInt(proxy.substring(slash + 1));
        return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
    }

    /** Whether anything is counted. */
    boolean isCounting() {
        return max > 0;
    }

    /** Who has this connection; null for a trusted proxy, behind which many clients are. */
    @Nullable InetAddress direct(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress inet && !isProxy(inet) ? network(inet.getAddress()) : null;
    }

    /**
     * Whom a trusted proxy asks for: the last address in the header that is not a trusted proxy's, because what is before it may be
     * anybody's word. Null where the peer is no such proxy, or names nobody.
     */
    @Nullable InetAddress forwarded(@Nullable SocketAddress peer, HttpHeaders headers) {
        if (!(peer instanceof InetSocketAddress inet) || !isProxy(inet)) {
            return null;
        }
        String hops = String.join(",", headers.getAll(header));
        int end = hops.length();
        while (end > 0) {
            int start = lastSeparator(hops, end, ',') + 1;
            String hop = hops.substring(start, end).strip();
            end = start - 1;
            InetAddress address = address(isForwarded ? forOf(hop) : hop);
            // An empty element counts as none (RFC 9110, section 5.6.1).
            if (!hop.isEmpty() && (address == null || !isProxy(new InetSocketAddress(address, 0)))) {
                return address == null ? null : network(address);
            }
        }
        return null;
    }

    /** The last separator before the end that is in no quotes, -1 for none: from the right, where the proxy's own word is. */
    private static int lastSeparator(String text, int end, char separator) {
        boolean quoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char c = text.charAt(i);
            if (c == '"' && (i == 0 || text.charAt(i - 1) != '\\')) {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                return i;
            }
        }
        return -1;
    }

    private boolean isProxy(InetSocketAddress peer) {
        return proxies.stream().anyMatch(proxy -> proxy.matches(peer));
    }

    /** The node of one element of {@code Forwarded} (RFC 7239, section 4); empty where it has none. */
    private static String forOf(String element) {
        int end = element.length();
        while (end > 0) {
            int start = lastSeparator(element, end, ';') + 1;
            String pair = element.substring(start, end).strip();
            if (pair.toLowerCase(Locale.ROOT).startsWith(FOR)) {
                return pair.substring(FOR.length()).replace("\"", "");
            }
            end = start - 1;
        }
        return "";
    }

    /** Reads {@code 192.0.2.1}, {@code 192.0.2.1:4711}, {@code 2001:db8::1}, {@code [2001:db8::1]} and {@code [2001:db8::1]:4711}. */
    private static @Nullable InetAddress address(String node) {
        String host = node;
        int bracket = node.indexOf(']');
        if (node.startsWith("[") && bracket > 0) {
            host = node.substring(1, bracket);
        } else if (node.indexOf(':') == node.lastIndexOf(':') && node.indexOf(':') > 0) {
            host = node.substring(0, node.indexOf(':'));
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        return bytes == null ? null : ofBytes(bytes);
    }

    /** Whoever has one address of an IPv6 network has them all. */
    private static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, IPV6_NETWORK_BYTES, bytes.length, (byte) 0);
        return ofBytes(bytes);
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    /** Counts one more of the client's; false where that is one too many, and then nothing is counted. */
    boolean enter(InetAddress client) {
        if (counts.merge(client, 1, Integer::sum) > max) {
            leave(client);
            return false;
        }
        return true;
    }

    /** Something of the client's that was counted has ended. */
    void leave(InetAddress client) {
        counts.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }
}
