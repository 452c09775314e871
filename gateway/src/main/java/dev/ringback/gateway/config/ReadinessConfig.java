package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code readiness.*}: when {@code /readyz} says that this gateway should get no new clients.
 *
 * @param onRelayLoss what a relay that carries no events means to the probe
 * @param canaryInterval how often each shard publishes a canary to itself through Redis; two missed mean a loss
 */
public record ReadinessConfig(
        @Setting("fail") OnRelayLoss onRelayLoss,
        @Setting(value = "1s", min = "50ms", max = "1m") Duration canaryInterval) {

    /** What a relay that carries no events means to the probe. */
    public enum OnRelayLoss {
        /** {@code 503}: clients go where the relay works. */
        FAIL,
        /** {@code 200}, saying so: better late events, found by reading the store, than no gateway. */
        DEGRADE
    }

    public ReadinessConfig {
        Keys.requireAllowed(ReadinessConfig.class, onRelayLoss, canaryInterval);
    }
}
