package dev.ringback.gateway.overload;

/** How near the process is to the end of its memory. */
public enum Pressure {
    /** There is room. */
    NONE,
    /** Over {@code overload.heap-percent} or {@code overload.direct-percent}: nobody new may wait, and no result be uploaded. */
    HIGH,
    /** Half of what was left is gone too: only what workers tell about their jobs is taken. */
    CRITICAL
}
