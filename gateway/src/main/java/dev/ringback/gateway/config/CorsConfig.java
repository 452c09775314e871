package dev.ringback.gateway.config;

import java.time.Duration;
import java.util.List;

/**
 * {@code cors.*}: pages of other sites that may use the HTTP interface (Fetch Standard, section 3.2).
 *
 * @param origins origins whose pages may ask, exactly as a browser sends them; {@code *} is all
 * @param maxAge how long a browser may remember the answer to a preflight
 */
public record CorsConfig(
        @Setting(value = "", format = Format.ORIGIN) List<String> origins,
        @Setting(value = "10m", min = "0s", max = "24h") Duration maxAge) {

    public CorsConfig {
        origins = List.copyOf(origins);
        Keys.requireAllowed(CorsConfig.class, origins, maxAge);
    }
}
