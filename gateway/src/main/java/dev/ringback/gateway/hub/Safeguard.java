package dev.ringback.gateway.hub;

/**
 * What the hub does so that nothing is lost. Each can be turned off, one at a time, for one purpose only: tests prove with it that
 * the loss would be noticed. A gateway has them all on.
 */
enum Safeguard {
    /** Events that come before the first read are held, and merged with it. */
    MERGE_BUFFER,
    /** What is waited for is read again on each new connection of the relay. */
    READ_PER_CONNECTION,
    /** What is waited for is read from time to time, whatever the relay says. */
    SWEEP,
    /** A store that went back is believed. */
    ROLLBACK_RULE
}
