package dev.ringback.gateway.config;

import java.util.List;

/**
 * {@code websocket.*}: what only WebSockets have.
 *
 * @param origins origins that may connect beside the gateway's own, exactly as a browser sends them; {@code *} is all
 * @param frameBytes the largest incoming message, in bytes; a larger one closes with 1009
 * @param commandsPerSecond messages that a client may send per second; more closes with 1008
 */
public record WebSocketConfig(
        @Setting(value = "", format = Format.ORIGIN) List<String> origins,

        @Setting(value = "64KiB", min = "128", max = "16MiB")
        int frameBytes,

        @Setting(value = "100", min = "1", max = "1000000") int commandsPerSecond) {

    public WebSocketConfig {
        origins = List.copyOf(origins);
        Keys.requireAllowed(WebSocketConfig.class, origins, frameBytes, commandsPerSecond);
    }
}
