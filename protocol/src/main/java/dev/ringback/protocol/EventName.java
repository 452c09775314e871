package dev.ringback.protocol;

import java.util.Locale;

/** The names of events on the wire, the same for SSE and WebSocket. */
public enum EventName {
    STATUS,
    PROGRESS,
    COMPLETE,
    RESET,
    GONE;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
