package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code store.*}: where jobs are kept.
 *
 * @param kind which store
 * @param memoryBytes how much the memory store may hold, in bytes; when it is full, new jobs are refused
 * @param path the file of the file store
 * @param fsync when the file store waits for the disk
 * @param fileBytes how much the file store's file may hold, in bytes; when it is full, new jobs are refused
 * @param timeout the deadline of one store call
 * @param durability what an acknowledged change survives, with Redis
 * @param replicas replicas that must have a change before it is acknowledged and published, with {@code replicated}
 * @param replicationTimeout how long they are waited for
 */
public record StoreConfig(
        @Setting("memory") Kind kind,

        @Setting(value = "256MiB", min = "64KiB", max = "1TiB")
        long memoryBytes,

        @Setting("ringback.db") String path,
        @Setting("batch") Fsync fsync,

        @Setting(value = "4GiB", min = "1MiB", max = "1TiB") long fileBytes,

        @Setting(value = "2s", min = "10ms", max = "1m") Duration timeout,
        @Setting("stored") Durability durability,
        @Setting(value = "1", min = "1", max = "16") int replicas,
        @Setting(value = "1s", min = "10ms", max = "1m") Duration replicationTimeout) {

    /** Which store. */
    public enum Kind {
        /** In this process; gone when it ends. */
        MEMORY,
        /** A file of this machine, which one gateway has. */
        FILE,
        /** Redis, shared by any number of gateways. */
        REDIS
    }

    /** When the file store waits for the disk. */
    public enum Fsync {
        /** Before it acknowledges or tells anything, once for all calls that came meanwhile. */
        BATCH,
        /** Never for a change: the system writes it when it likes, and a power cut takes the latest. */
        NONE
    }

    /** What an acknowledged change survives. */
    public enum Durability {
        /** What the store itself survives: with Redis, whatever its append-only file and a failover leave. */
        STORED,
        /** Also the loss of the primary, where a replica that has the change takes over. */
        REPLICATED
    }

    public StoreConfig {
        Keys.requireAllowed(
                StoreConfig.class,
                kind,
                memoryBytes,
                path,
                fsync,
                fileBytes,
                timeout,
                durability,
                replicas,
                replicationTimeout);
    }
}
