package dev.ringback.gateway.hub;

/** The forms in which a fan-out encodes events once for all who take them. */
public enum WireFormat {
    SSE,
    WEB_SOCKET,
    /** The body of an HTTP answer. */
    JSON,
    /** The subscriber encodes for itself, because its bytes are nobody else's. */
    OWN;

    int bit() {
        return 1 << ordinal();
    }
}
