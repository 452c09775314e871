package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code drain.*}: the way out, after SIGTERM.
 *
 * @param window over how long the closes of waiting connections are spread
 * @param deadline when the process ends at the latest, counted from the signal
 */
public record DrainConfig(
        @Setting(value = "3s", min = "0s", max = "10m") Duration window,
        @Setting(value = "10s", min = "10ms", max = "1h") Duration deadline) {

    public DrainConfig {
        Keys.requireAllowed(DrainConfig.class, window, deadline);
    }
}
