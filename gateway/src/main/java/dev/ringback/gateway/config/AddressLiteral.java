package dev.ringback.gateway.config;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** IP addresses as text. No name is ever looked up. */
final class AddressLiteral {

    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern V4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
    private static final Pattern SERVER = Pattern.compile("(?:\\[([^\\]]+)\\]|([^:]+)):([1-9][0-9]{0,4})");
    private static final int MAX_PORT = 65535;
    private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final Pattern ZONE = Pattern.compile("%[A-Za-z0-9._-]+$");

    private AddressLiteral() {}

    /** Whether the text is an IP address; one of IPv6 may carry a zone, like {@code fe80::1%eth0}. */
    static boolean isAddress(String text) {
        return parse(withoutZone(text)) != null;
    }

    /** Whether the text is an IP address, or one with a prefix length, like {@code 10.0.0.0/8}. */
    static boolean isRange(String text) {
        int slash = text.indexOf('/');
        InetAddress address = parse(slash < 0 ? text : text.substring(0, slash));
        // An IPv4 address in IPv6 is one of IPv4 to the JDK, and its prefix would mean something else.
        boolean isMapped = text.indexOf(':') >= 0 && address instanceof Inet4Address;
        if (address == null || isMapped) {
            return false;
        }
        if (slash < 0) {
            return true;
        }
        String prefix = text.substring(slash + 1);
        return PREFIX.matcher(prefix).matches() && Integer.parseInt(prefix) <= address.getAddress().length * 8;
    }

    /** Whether the text is an IP address, or one with a port: {@code 10.0.0.2:53}, {@code [fd00::1]:53}. */
    static boolean isServer(String text) {
        Matcher server = SERVER.matcher(text);
        if (!server.matches()) {
            return parse(text) != null;
        }
        boolean bracketed = text.startsWith("[");
        InetAddress address = parse(bracketed ? server.group(1) : server.group(2));
        return address != null
                && bracketed == (address instanceof Inet6Address)
                && Integer.parseInt(server.group(3)) <= MAX_PORT;
    }

    /** Whether the text is {@code localhost} or an address that never leaves this machine. */
    static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        InetAddress address = parse(withoutZone(host));
        return address != null && address.isLoopbackAddress();
    }

    /** Whether the text is an address that binds every interface. */
    static boolean isWildcard(String host) {
        InetAddress address = parse(withoutZone(host));
        return address != null && address.isAnyLocalAddress();
    }

    private static String withoutZone(String text) {
        return text.indexOf(':') < 0 ? text : ZONE.matcher(text).replaceFirst("");
    }

    private static @Nullable InetAddress parse(String text) {
        if (!V4.matcher(text).matches() && !V6.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException malformed) {
            return null;
        }
    }
}
