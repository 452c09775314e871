package dev.ringback.gateway.config;

import java.util.List;

/**
 * {@code admin.*}: the port for probes, metrics and the running configuration. It asks nobody who they are.
 *
 * @param host the address or host name to bind; the default reaches this machine only
 * @param port the TCP port; 0 binds any free one
 * @param names host names by which browsers may reach it, besides addresses and {@code localhost}
 */
public record AdminConfig(
        @Setting(value = "127.0.0.1", format = Format.HOST) String host,
        @Setting(value = "8081", min = "0", max = "65535") int port,
        @Setting(value = "", format = Format.HOST) List<String> names) {

    public AdminConfig {
        names = List.copyOf(names);
        Keys.requireAllowed(AdminConfig.class, host, port, names);
    }

    /**
     * Whether a request for this host is meant for this port: an address, {@code localhost}, or a name that is known. A page of
     * somebody else's may have its own name point here.
     *
     * @param host as in the header, without its port; IPv6 in brackets or not
     */
    public boolean isOwn(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return AddressLiteral.isAddress(bare)
                || bare.equalsIgnoreCase("localhost")
                || bare.equalsIgnoreCase(this.host)
                || names.stream().anyMatch(bare::equalsIgnoreCase);
    }

    /** Whether only this machine can reach the port: a loopback address or {@code localhost}. */
    public boolean isLoopback() {
        return AddressLiteral.isLoopback(host);
    }
}
