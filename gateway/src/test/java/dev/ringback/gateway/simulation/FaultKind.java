package dev.ringback.gateway.simulation;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** What may go wrong in a world, and which safeguard it takes to get over it. */
enum FaultKind {
    /** Single events vanish on a connection that stands: only the sweep finds that out. */
    RELAY_LOSES,
    RELAY_DELAYS,
    RELAY_REPEATS,
    /** A pub/sub connection ends: each new one is followed by reads. */
    PUB_SUB_BREAKS,
    /** Nothing comes from the server any more, and nothing says so: the canary notices. */
    PUB_SUB_DEAF,
    /** Nothing reaches the server any more, though events come: the canary, which asks on the same way, notices. */
    PUB_SUB_MUTE,
    COMMANDS_BREAK,
    /** No command is answered any more: the commands' own deadlines notice. */
    COMMANDS_DEAF,
    COMMANDS_MUTE,
    COMMANDS_SLOW,
    READS_FAIL,
    REDIALS_REFUSED,
    SERVER_RESTARTS,
    /** The server comes back with an older copy of its data. */
    SERVER_ROLLS_BACK,
    /** The server comes back with nothing. */
    SERVER_FLUSHED,
    GATEWAY_KILLED,
    LOOP_STALLS,
    CLIENT_SLOW,
    CLIENT_BREAKS;

    static final Set<FaultKind> ALL = Set.of(values());
    static final Set<FaultKind> NONE = EnumSet.noneOf(FaultKind.class);

    /** Whether it may undo what the server has acknowledged. */
    boolean losesData() {
        return this == SERVER_ROLLS_BACK || this == SERVER_FLUSHED;
    }

    static FaultKind of(int number, Set<FaultKind> among) {
        return Arrays.stream(values())
                .filter(among::contains)
                .skip(number)
                .findFirst()
                .orElseThrow();
    }
}
