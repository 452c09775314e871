package dev.ringback.gateway.simulation;

import dev.ringback.gateway.config.GatewayConfig;
import java.util.ArrayList;
import java.util.List;

/** The configurations of simulated gateways: short times, so that a world need not live long. */
final class GatewayConfigs {
    private static final List<String> SHORT = List.of(
            "store.timeout=300ms",
            "readiness.canary-interval=200ms",
            "hub.linger=150ms",
            "hub.first-answer-timeout=800ms",
            "long-poll.max-wait=1s",
            "long-poll.default-wait=1s",
            "jobs.unknown=wait",
            "jobs.unknown-wait=1s",
            "stream.heartbeat=1s",
            "stream.retry=200ms",
            "stream.max-age=3s",
            "stream.stall-timeout=500ms");

    /** The server keeps what it has as long as a world lives. */
    static final GatewayConfig SERVER = GatewayConfig.of();

    static final GatewayConfig SWEEPING = with("hub.sweep-interval=1s");
    static final GatewayConfig WITHOUT_DOCUMENTS = with("hub.sweep-interval=1s", "hub.cache-bytes=0");
    /** No sweep falls into a world's life. */
    static final GatewayConfig NOT_SWEEPING = with("hub.sweep-interval=1h");

    static final GatewayConfig PATIENT = with("hub.sweep-interval=1s", "stream.max-age=1h");
    static final GatewayConfig PATIENT_NOT_SWEEPING = with("hub.sweep-interval=1h", "stream.max-age=1h");

    private GatewayConfigs() {}

    private static GatewayConfig with(String... settings) {
        List<String> all = new ArrayList<>(SHORT);
        all.addAll(List.of(settings));
        return GatewayConfig.of(all.toArray(String[]::new));
    }
}
