package dev.ringback.loadtest.check;

/**
 * The figures of a history, which show that it was worth judging.
 *
 * @param reconnects connections after a client's first; a poll after an answered poll is none
 * @param duplicates snapshots on a later connection that repeat the version that the client has
 * @param acknowledgedEnds ends that a worker was told are done
 * @param undoneEnds those of them that are not the truth at the end
 * @param worstDelayNanos from the last of an end's acknowledgement, the heal of the faults it met and the client's beginning,
 *     to the client's hearing of it
 */
public record Stats(
        int clients,
        int terminalsHeard,
        int resetsHeard,
        int reconnects,
        int refusals,
        int duplicates,
        int faults,
        int acknowledgedEnds,
        int undoneEnds,
        long worstDelayNanos) {}
