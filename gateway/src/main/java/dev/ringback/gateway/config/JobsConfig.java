package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code jobs.*}: lifetimes of jobs, and what is done about unknown ones.
 *
 * @param resultTtl how long a job that has ended can be read, counted from its end
 * @param tombstoneTtl how long after that reads still answer 410 and not 404
 * @param maxAge when a job that has not ended is failed as expired, counted from its creation
 * @param unknown what happens to waits on a job that nobody has made
 * @param unknownWait how long such a wait is held
 * @param autoCreate whether a worker's event for an unknown job creates it
 * @param logEvents events kept per job in Redis, for people who look into it
 * @param indexRepair keys of Redis that are looked at in a second to keep the lists of jobs whole; 0 for never by this gateway
 */
public record JobsConfig(
        @Setting(value = "1h", min = "10ms", max = "365d") Duration resultTtl,
        @Setting(value = "24h", min = "0s", max = "365d") Duration tombstoneTtl,
        @Setting(value = "24h", min = "10ms", max = "365d") Duration maxAge,
        @Setting("auto") Unknown unknown,
        @Setting(value = "60s", min = "0s", max = "10m") Duration unknownWait,
        @Setting("true") boolean autoCreate,
        @Setting(value = "16", min = "1", max = "10000") int logEvents,

        @Setting(value = "1000", min = "0", max = "1000000") int indexRepair) {

    /** What happens to waits on a job that nobody has made. */
    public enum Unknown {
        /** {@link #WAIT} with Redis, where others may make the job; else {@link #NOT_FOUND}. */
        AUTO,
        /** They are held until the job appears, at most {@link JobsConfig#unknownWait}. */
        WAIT,
        /** They end at once. */
        NOT_FOUND
    }

    public JobsConfig {
        Keys.requireAllowed(
                JobsConfig.class,
                resultTtl,
                tombstoneTtl,
                maxAge,
                unknown,
                unknownWait,
                autoCreate,
                logEvents,
                indexRepair);
    }

    /** {@link #unknown} with {@link Unknown#AUTO} decided by the store. */
    public Unknown resolveUnknown(StoreConfig.Kind store) {
        if (unknown != Unknown.AUTO) {
            return unknown;
        }
        return store == StoreConfig.Kind.REDIS ? Unknown.WAIT : Unknown.NOT_FOUND;
    }
}
