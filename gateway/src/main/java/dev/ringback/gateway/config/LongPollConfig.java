package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code long-poll.*}: held requests.
 *
 * @param defaultWait how long a request that names no time is held
 * @param maxWait how long any request is held; longer wishes are cut to it
 * @param jitter the most that is subtracted at random from waits of 10 s and more
 */
public record LongPollConfig(
        @Setting(value = "30s", min = "10ms", max = "10m") Duration defaultWait,
        @Setting(value = "55s", min = "1s", max = "10m") Duration maxWait,
        @Setting(value = "1s", min = "0s", max = "5s") Duration jitter) {

    public LongPollConfig {
        Keys.requireAllowed(LongPollConfig.class, defaultWait, maxWait, jitter);
    }
}
