package dev.ringback.gateway.webhook.client;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** The IP addresses that begin with the same bits. Of IPv4 or of IPv6, never of both. */
final class AddressRange {
    private final byte[] first;
    private final int prefix;

    private AddressRange(byte[] first, int prefix) {
        this.first = first;
        this.prefix = prefix;
    }

    /** Reads an address, or one with a prefix length, like {@code 10.0.0.0/8}; configuration checks it before. */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = bytes(slash < 0 ? text : text.substring(0, slash));
        return new AddressRange(
                address, slash < 0 ? address.length * Byte.SIZE : Integer.parseInt(text.substring(slash + 1)));
    }

    private static byte[] bytes(String address) {
        // Java would turn ::ffff:0:0 into 0.0.0.0, and Netty does not read 64:ff9b::192.0.2.1.
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        return bytes != null ? bytes : literal(address).getAddress();
    }

    /** The address that is written so, in brackets or not. Nothing is looked up: it must be known to be none but an address. */
    static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address: " + address, e);
        }
    }

    boolean contains(byte[] address) {
        if (address.length != first.length) {
            return false;
        }
        int whole = prefix / Byte.SIZE;
        if (!Arrays.equals(first, 0, whole, address, 0, whole)) {
            return false;
        }
        int rest = prefix % Byte.SIZE;
        return rest == 0 || (first[whole] ^ address[whole]) >> Byte.SIZE - rest == 0;
    }
}
