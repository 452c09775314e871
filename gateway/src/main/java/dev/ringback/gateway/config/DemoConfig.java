package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code demo.*}: the built-in demonstration, a page and a worker that counts to 100.
 *
 * @param enabled whether it is there
 * @param duration how long a demo job takes to count to 100
 * @param maxJobs demo jobs that are worked on at once; others wait
 */
public record DemoConfig(
        @Setting("auto") Enabled enabled,
        @Setting(value = "5s", min = "100ms", max = "1h") Duration duration,
        @Setting(value = "8", min = "1", max = "1000") int maxJobs) {

    /** Whether the demonstration is there. */
    public enum Enabled {
        /** Only with the memory store. */
        AUTO,
        /** Yes. */
        TRUE,
        /** No. */
        FALSE
    }

    public DemoConfig {
        Keys.requireAllowed(DemoConfig.class, enabled, duration, maxJobs);
    }

    /** Whether the demonstration is there with this store: {@link #enabled} with {@link Enabled#AUTO} decided. */
    public boolean resolve(StoreConfig.Kind store) {
        return switch (enabled) {
            case TRUE -> true;
            case FALSE -> false;
            case AUTO -> store == StoreConfig.Kind.MEMORY;
        };
    }
}
