package dev.ringback.gateway.listen;

/**
 * What a connection is doing.
 *
 * <pre>
 *               head            whole request            park (decoder leaves)
 *   IDLE ─────────► READING ─────────────► ANSWERING ─────────────────────────► PARKED
 *    ▲ ▲                                      │ reply (decoder goes on)           │ │
 *    │ └──────────────────────────────────────┘                                   │ │ closeAfterWrites
 *    └──────────────────── reply (fresh decoder, held bytes replayed) ────────────┘ ▼
 *                                                      any state ───────────────► CLOSING
 * </pre>
 */
enum ConnectionState {
    /** Between requests. */
    IDLE,
    /** A request's head has come, its body is coming. */
    READING,
    /** The request is being answered; what follows it stays undecoded. */
    ANSWERING,
    /** The request waits, with nothing in the pipeline but our handler. */
    PARKED,
    /** Nothing is read any more, and nothing follows what is being written. */
    CLOSING
}
