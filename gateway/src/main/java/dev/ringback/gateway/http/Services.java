package dev.ringback.gateway.http;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.hub.Hints;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.results.Results;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.stream.StreamContext;
import dev.ringback.protocol.JobId;
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

    /** Hears of jobs that this gateway accepted, so that a built-in worker may take them up. */
    public interface Submitted {
        /** Refuses the submission before anything is stored, by throwing a {@link Rejection}. */
        void check(NewJob job);

        void accepted(JobId id, NewJob job);

        /** No built-in worker. */
        Submitted NOBODY = new Submitted() {
            @Override
            public void check(NewJob job) {}

            @Override
            public void accepted(JobId id, NewJob job) {}
        };
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
