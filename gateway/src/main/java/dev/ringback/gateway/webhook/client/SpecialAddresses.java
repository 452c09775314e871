package dev.ringback.gateway.webhook.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that are no receiver's on the Internet: those of the machine, of its networks, and of nobody. Mostly IANA's registries of
 * special-purpose addresses (RFC 6890).
 */
final class SpecialAddresses {
    private record Line(AddressRange range, String what) {}

    /** The first line that has an address names it. */
    private static final List<Line> TABLE = List.of(
            line("0.0.0.0/8", "of this host (RFC 1122)"),
            line("10.0.0.0/8", "private (RFC 1918)"),
            line("100.64.0.0/10", "shared by a provider's customers (RFC 6598)"),
            line("127.0.0.0/8", "loopback (RFC 1122)"),
            line("169.254.169.254", "a cloud's metadata service (RFC 3927)"),
            line("169.254.0.0/16", "link-local (RFC 3927)"),
            line("168.63.129.16", "a cloud's own service (no RFC: Azure)"),
            line("172.16.0.0/12", "private (RFC 1918)"),
            line("192.0.0.0/24", "for protocols (RFC 6890)"),
            line("192.0.2.0/24", "for documentation (RFC 5737)"),
            line("192.88.99.0/24", "a relay of 6to4 (RFC 7526)"),
            line("192.168.0.0/16", "private (RFC 1918)"),
            line("198.18.0.0/15", "for benchmarks (RFC 2544)"),
            line("198.51.100.0/24", "for documentation (RFC 5737)"),
            line("203.0.113.0/24", "for documentation (RFC 5737)"),
            line("224.0.0.0/4", "multicast (RFC 5771)"),
            line("255.255.255.255", "broadcast (RFC 919)"),
            line("240.0.0.0/4", "reserved (RFC 1112)"),
            line("::", "unspecified (RFC 4291)"),
            line("::1", "loopback (RFC 4291)"),
            line("::ffff:0:0/96", "IPv4 in IPv6 (RFC 4291)"),
            line("::/96", "IPv4 in IPv6 (RFC 4291)"),
            line("64:ff9b:1::/48", "a local translation of IPv4 (RFC 8215)"),
            line("100::/64", "discarded (RFC 6666)"),
            line("2001::/32", "IPv4 in IPv6: Teredo (RFC 4380)"),
            line("2001::/23", "for protocols (RFC 2928)"),
            line("2001:db8::/32", "for documentation (RFC 3849)"),
            line("2002::/16", "IPv4 in IPv6: 6to4 (RFC 3056)"),
            line("3fff::/20", "for documentation (RFC 9637)"),
            line("fd00:ec2::254", "a cloud's metadata service (RFC 4193)"),
            line("fc00::/7", "private (RFC 4193)"),
            line("fe80::/10", "link-local (RFC 4291)"),
            line("fec0::/10", "site-local (RFC 3879)"),
            line("ff00::/8", "multicast (RFC 4291)"),
            // Only 2000::/3 is given to anybody (RFC 4291, section 2.4).
            line("::/3", "not global (RFC 4291)"),
            line("4000::/2", "not global (RFC 4291)"),
            line("8000::/1", "not global (RFC 4291)"));

    private SpecialAddresses() {}

    private static Line line(String range, String what) {
        return new Line(AddressRange.parse(range), what);
    }

    /** What is special about an address, in words; null where nothing is. */
    static @Nullable String what(byte[] address) {
        for (Line line : TABLE) {
            if (line.range().contains(address)) {
                return line.what();
            }
        }
        return null;
    }
}
