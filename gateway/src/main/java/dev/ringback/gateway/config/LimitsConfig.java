package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code limits.*}: sizes, counts and times that bound a client.
 *
 * @param inlineResultBytes the largest result that travels inside events; larger ones as {@code resultUrl}
 * @param bodyBytes the largest request body; more is 413
 * @param headerBytes the largest request header, all fields together; more is 431
 * @param requestLineBytes the longest request line; more is 414
 * @param connections connections at once; 0 takes it from the file descriptor limit
 * @param connectionsPerAddress connections at once from one client address; 0 is no limit
 * @param subscriptionsPerConnection jobs that one connection may follow at once
 * @param headerTimeout how long a request header may take to arrive
 * @param bodyTimeout how long a request body may take to arrive
 * @param idleTimeout how long a kept-alive connection may stay without a request
 */
public record LimitsConfig(
        @Setting(value = "32KiB", min = "0", max = "16MiB") long inlineResultBytes,
        @Setting(value = "1MiB", min = "1KiB", max = "1GiB") long bodyBytes,
        @Setting(value = "16KiB", min = "256", max = "1MiB") int headerBytes,
        @Setting(value = "8KiB", min = "128", max = "1MiB") int requestLineBytes,
        @Setting(value = "0", min = "0", max = "10000000") int connections,
        @Setting(value = "0", min = "0", max = "10000000") int connectionsPerAddress,
        @Setting(value = "1000", min = "1", max = "1000000") int subscriptionsPerConnection,
        @Setting(value = "10s", min = "10ms", max = "10m") Duration headerTimeout,
        @Setting(value = "30s", min = "10ms", max = "10m") Duration bodyTimeout,
        @Setting(value = "60s", min = "10ms", max = "1h") Duration idleTimeout) {

    public LimitsConfig {
        Keys.requireAllowed(
                LimitsConfig.class,
                inlineResultBytes,
                bodyBytes,
                headerBytes,
                requestLineBytes,
                connections,
                connectionsPerAddress,
                subscriptionsPerConnection,
                headerTimeout,
                bodyTimeout,
                idleTimeout);
    }

    /** The same with at most so much time for a request. */
    public LimitsConfig hasty(Duration time) {
        return new LimitsConfig(
                inlineResultBytes,
                bodyBytes,
                headerBytes,
                requestLineBytes,
                connections,
                connectionsPerAddress,
                subscriptionsPerConnection,
                min(headerTimeout, time),
                min(bodyTimeout, time),
                idleTimeout);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
