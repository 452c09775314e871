package dev.ringback.gateway.http;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.hub.Hints;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.results.Results;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.stream.StreamContext;
import dev.ringback.protocol.NewJob;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * What endpoints need.
 *
 * @param results keeps results of any media type
 * @param random makes ids, and must be unguessable
 */
public record Services(
        JobStore store,
        Results results,
        StreamContext streams,
        Submitted submitted,
        InstantSource clock,
        SecureRandom random) {

    /** Looks at submissions before anything is stored. */
    public interface Submitted {
        /** Refuses the submission by throwing a {@link Rejection}. */
        void check(NewJob job);

        /** Takes all. */
        Submitted ANY = job -> {};
    }

    /** When clients that poll should ask again. */
    Hints hints() {
        return streams.hints();
    }

    /** What can't be taken on now. */
    Overload overload() {
        return streams.overload();
    }

    GatewayConfig config() {
        return streams.config();
    }
}
