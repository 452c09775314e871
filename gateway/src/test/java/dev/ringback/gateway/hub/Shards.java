package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.relay.JobRelay;
import dev.ringback.protocol.JobId;
import java.util.EnumSet;
import java.util.Set;

/** Opens shards for tests of other packages, and looks into them. */
public final class Shards {
    /** No safeguard is turned off. */
    public static final String NONE = "";

    private Shards() {}

    /**
     * A shard without one of its safeguards.
     *
     * @param without the name of a {@link Safeguard}, or {@link #NONE}
     */
    public static Shard without(String without, Loop loop, JobRelay relay, Shard.Parts parts) {
        Set<Safeguard> safeguards = EnumSet.allOf(Safeguard.class);
        if (!without.equals(NONE)) {
            safeguards.remove(Safeguard.valueOf(without));
        }
        return new Shard(loop, relay, parts, safeguards);
    }

    /** The state of a job's topic in words; "no topic" where there is none. */
    public static String stateOf(Shard shard, JobId id) {
        TopicState state = shard.stateOf(id);
        return state == null ? "no topic" : state.toString();
    }

    /** All that a job's topic may be in, as {@link #stateOf} says it. */
    public static Set<String> states() {
        return Set.of("SUBSCRIBING", "READING", "LIVE", "LINGERING", "UNSUBSCRIBING", "no topic");
    }
}
