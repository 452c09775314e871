package dev.ringback.gateway.config;

/**
 * {@code log.*}: what is written to standard output.
 *
 * @param format one line of text or one JSON object per event
 * @param level the least level that is written: {@code trace}, {@code debug}, {@code info}, {@code warn} or
 *     {@code error}
 */
public record LogConfig(
        @Setting("text") Format format,

        @Setting(
                value = "info",
                oneOf = {"trace", "debug", "info", "warn", "error"})
        String level) {

    /** What a line looks like. */
    public enum Format {
        /** For people. */
        TEXT,
        /** For machines. */
        JSON
    }

    public LogConfig {
        Keys.requireAllowed(LogConfig.class, format, level);
    }
}
