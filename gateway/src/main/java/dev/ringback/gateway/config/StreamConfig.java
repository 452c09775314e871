package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code stream.*}: connections that carry many events, SSE and WebSocket alike.
 *
 * @param heartbeat how often a quiet connection gets a comment or a ping
 * @param maxAge when a connection is closed, to be opened again
 * @param retry how long a client is told to wait before it reconnects, jittered by ±50 %
 * @param stallTimeout how long a connection may accept no bytes before it is closed
 * @param queuedBytes bytes that may wait for one connection; above its high water mark progress coalesces, above this
 *     it is closed
 */
public record StreamConfig(
        @Setting(value = "15s", min = "10ms", max = "10m") Duration heartbeat,
        @Setting(value = "30m", min = "100ms", max = "7d") Duration maxAge,
        @Setting(value = "2s", min = "10ms", max = "5m") Duration retry,
        @Setting(value = "30s", min = "10ms", max = "10m") Duration stallTimeout,
        @Setting(value = "1MiB", min = "1KiB", max = "1GiB") long queuedBytes) {

    public StreamConfig {
        Keys.requireAllowed(StreamConfig.class, heartbeat, maxAge, retry, stallTimeout, queuedBytes);
    }
}
