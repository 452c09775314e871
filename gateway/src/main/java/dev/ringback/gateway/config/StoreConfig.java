package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code store.*}: where jobs are kept.
 *
 * @param kind which store
 * @param memoryBytes how much the memory store may hold, in bytes; when it is full, new jobs are refused
 * @param timeout the deadline of one store call
 */
public record StoreConfig(
        @Setting(
                value = "memory",
                oneOf = {"memory", "redis"})
        Kind kind,

        @Setting(value = "256MiB", min = "64KiB", max = "1TiB")
        long memoryBytes,

        @Setting(value = "2s", min = "10ms", max = "1m") Duration timeout) {

    /** Which store. */
    public enum Kind {
        /** In this process; gone when it ends. */
        MEMORY,
        /** A file of this machine. Not available yet: {@link ConfigLoader} refuses it by name. */
        FILE,
        /** Redis, shared by any number of gateways. */
        REDIS
    }

    public StoreConfig {
        Keys.requireAllowed(StoreConfig.class, kind, memoryBytes, timeout);
    }
}
