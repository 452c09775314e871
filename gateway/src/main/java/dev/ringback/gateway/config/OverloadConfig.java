package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code overload.*}: when there is more than the gateway can carry.
 *
 * @param heapPercent how full of live objects the heap may be before nobody new may wait
 * @param directPercent the same for the memory of Netty's buffers
 * @param requests requests that may be being answered at once, those that wait not counted
 * @param retry how long those who are turned away are told to stay away, jittered by ±50 %
 */
public record OverloadConfig(
        @Setting(value = "85", min = "10", max = "100") int heapPercent,
        @Setting(value = "85", min = "10", max = "100") int directPercent,

        @Setting(value = "20000", min = "1", max = "10000000")
        int requests,

        @Setting(value = "5s", min = "10ms", max = "5m") Duration retry) {

    public OverloadConfig {
        Keys.requireAllowed(OverloadConfig.class, heapPercent, directPercent, requests, retry);
    }

    /** The section where the file says nothing. */
    public static OverloadConfig defaults() {
        return GatewayConfig.defaults().overload();
    }
}
