package dev.ringback.gateway.config;

/**
 * {@code admin.*}: the port for probes, metrics and the running configuration. It asks nobody who they are.
 *
 * @param host the address or host name to bind; the default reaches this machine only
 * @param port the TCP port; 0 binds any free one
 */
public record AdminConfig(
        @Setting(value = "127.0.0.1", format = Format.HOST) String host,
        @Setting(value = "8081", min = "0", max = "65535") int port) {

    public AdminConfig {
        Keys.requireAllowed(AdminConfig.class, host, port);
    }

    /** Whether only this machine can reach the port: a loopback address or {@code localhost}. */
    public boolean isLoopback() {
        return AddressLiteral.isLoopback(host);
    }
}
