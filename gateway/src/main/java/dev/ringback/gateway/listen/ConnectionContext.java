package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.LimitsConfig;
import dev.ringback.gateway.http.RequestHandler;
import java.util.function.BooleanSupplier;

/**
 * What all connections of a port share.
 *
 * @param handler takes their requests
 * @param draining whether the gateway is about to stop
 */
record ConnectionContext(
        GatewayConfig config, RequestHandler handler, ListenCounters counters, BooleanSupplier draining) {
    LimitsConfig limits() {
        return config.limits();
    }

    boolean isDraining() {
        return draining.getAsBoolean();
    }

    /** Longer than any store call may take, so that this only ends requests that a bug left without an answer. */
    long answerNanos() {
        return config.store().timeout().toNanos() * 2
                + config.hub().firstAnswerTimeout().toNanos();
    }
}
