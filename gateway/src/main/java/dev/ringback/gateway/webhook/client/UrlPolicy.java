package dev.ringback.gateway.webhook.client;

import dev.ringback.gateway.config.WebhookConfig;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which URLs may be called. Whoever may name a URL would otherwise have the gateway send requests where only the gateway can: to
 * itself, to its neighbours, to the service that hands out the cloud's keys.
 *
 * <p>A URL is looked at as text when it is given, and {@linkplain #permits each address} of its host at each attempt, right before the
 * connection to that very address. Immutable.
 */
public final class UrlPolicy {
    private static final int MAX_LENGTH = 2048;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_HOST = 253;
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern DOTTED_QUAD = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern NAME = Pattern.compile(
            "([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
    /** Some resolvers take a host that ends so for an IPv4 address, however it is written (WHATWG URL, section 3.5). */
    private static final Pattern ENDS_IN_A_NUMBER = Pattern.compile("(.*\\.)?([0-9]+|0[xX][0-9A-Fa-f]*)");
    /** {@code 64:ff9b::/96}: the last four bytes are the IPv4 address that is meant (RFC 6052). */
    private static final AddressRange NAT64 = AddressRange.parse("64:ff9b::/96");

    private static final int IPV4_IN_IPV6 = 12;

    private final boolean allowHttp;
    private final List<AddressRange> allowed;
    private final List<AddressRange> denied;
    private final List<Integer> ports;

    public UrlPolicy(WebhookConfig config) {
        allowHttp = config.allowHttp();
        allowed = config.allowCidrs().stream().map(AddressRange::parse).toList();
        denied = config.denyCidrs().stream().map(AddressRange::parse).toList();
        ports = config.portNumbers();
    }

    /** Why the URL may not be called, in words for the caller; null where nothing speaks against it yet. */
    public @Nullable String complaint(String url) {
        if (url.length() > MAX_LENGTH) {
            return "it is longer than " + MAX_LENGTH + " characters";
        }
        if (url.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            return "it has characters that are not visible ASCII";
        }
        try {
            return complaint(new URI(url));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return "it is no URL";
        }
    }

    private @Nullable String complaint(URI url) {
        String scheme = url.getScheme();
        if (!"https".equalsIgnoreCase(scheme) && !(allowHttp && "http".equalsIgnoreCase(scheme))) {
            return allowHttp ? "it must begin with https:// or http://" : "it must begin with https://";
        }
        String host = url.getHost();
        if (host == null) {
            return "it needs a host: a name, or an address in its usual spelling";
        }
        if (url.getRawUserInfo() != null) {
            return "it must not have a user or password";
        }
        if (url.getRawFragment() != null) {
            return "it must not have a fragment";
        }
        int port = port(url);
        if (port < 1 || port > MAX_PORT || !ports.isEmpty() && !ports.contains(port)) {
            return "port " + port + " may not be called";
        }
        return hostComplaint(host);
    }

    private @Nullable String hostComplaint(String host) {
        InetAddress address = literal(host);
        if (address != null) {
            return objection(address);
        }
        if (host.startsWith("[") || ENDS_IN_A_NUMBER.matcher(host).matches()) {
            return "the host " + host + " is no address in its usual spelling";
        }
        if (host.length() > MAX_HOST || !NAME.matcher(host).matches()) {
            return "the host " + host + " is no name that can be looked up";
        }
        return null;
    }

    /** The port, with the scheme's where the URL has none. */
    static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return url.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    /** The address that a URL's host is without being looked up; null where it is a name, or nothing that is usual. */
    static @Nullable InetAddress literal(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            // Names of this machine are never looked up (RFC 6761, section 6.3).
            return NetUtil.LOCALHOST4;
        }
        boolean isV6 = host.startsWith("[") && host.endsWith("]") && host.indexOf('%') < 0;
        if (!isV6 && !DOTTED_QUAD.matcher(host).matches()) {
            return null;
        }
        InetAddress address = AddressRange.literal(host);
        // Java turns ::ffff:192.0.2.1 into 192.0.2.1, whose usual spelling is the shorter one.
        return isV6 && address instanceof Inet4Address ? null : address;
    }

    /** Whether a connection may go to this address. */
    boolean permits(InetAddress address) {
        return objection(address) == null;
    }

    /** Why no connection may go to this address; null where it may. */
    @Nullable String objection(InetAddress address) {
        byte[] bytes = address.getAddress();
        String reason = reason(bytes);
        if (reason == null && NAT64.contains(bytes) && !isIn(allowed, bytes)) {
            reason = reason(Arrays.copyOfRange(bytes, IPV4_IN_IPV6, bytes.length));
        }
        return reason == null ? null : "the address " + NetUtil.toAddressString(address) + " is " + reason;
    }

    private @Nullable String reason(byte[] address) {
        if (isIn(denied, address)) {
            return "not to be called here";
        }
        return isIn(allowed, address) || NAT64.contains(address) ? null : SpecialAddresses.what(address);
    }

    private static boolean isIn(List<AddressRange> ranges, byte[] address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }
}
