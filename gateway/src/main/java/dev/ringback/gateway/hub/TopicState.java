package dev.ringback.gateway.hub;

/**
 * Where a topic stands.
 *
 * <pre>
 *                subscriber                    acknowledged                      read
 *   NEW ────────────────────► SUBSCRIBING ────────────────────► READING ──────────────────► LIVE
 *                              ▲   ▲    ▲                          │                        ▲  │
 *                   subscriber │   │    └── relay connection lost ─┴────────────────────────┼──┤ last subscriber
 *                              │   └────────────── (with subscribers) ──────────────────────┼──┤ left
 *                        UNSUBSCRIBING ◄──────────────── LINGERING ◄────────────────────────┼──┘
 *                              │          linger over        └───────── subscriber ─────────┘
 *                              ▼ acknowledged
 *                           (removed)
 * </pre>
 */
enum TopicState {
    NEW,
    SUBSCRIBING,
    READING,
    LIVE,
    LINGERING,
    UNSUBSCRIBING;

    boolean mayMoveTo(TopicState next) {
        return switch (this) {
            case NEW, UNSUBSCRIBING -> next == SUBSCRIBING;
            case SUBSCRIBING -> next == READING || next == LINGERING || next == UNSUBSCRIBING;
            case READING -> next == LIVE || next == LINGERING || next == SUBSCRIBING;
            case LIVE -> next == LINGERING || next == SUBSCRIBING;
            case LINGERING -> next == LIVE || next == UNSUBSCRIBING;
        };
    }
}
