package dev.ringback.gateway.hub;

/**
 * What becomes of the read that a topic wants. One at a time: whoever wants one that is sent already gets another after it.
 *
 * <pre>
 *   NONE ── wanted ──► QUEUED ── its turn ──► SENT ── answered ──► NONE
 *                         ▲                    │ wanted
 *                         └──── answered ── SENT_STALE
 * </pre>
 */
enum Reading {
    NONE,
    QUEUED,
    SENT,
    /** What happened since it was sent calls for another. */
    SENT_STALE;

    boolean isSent() {
        return this == SENT || this == SENT_STALE;
    }
}
