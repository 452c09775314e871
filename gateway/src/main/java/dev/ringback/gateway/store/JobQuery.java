package dev.ringback.gateway.store;

import dev.ringback.protocol.JobState;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs one page of a list shows, newest first.
 *
 * @param owner whose jobs; null for everybody's
 * @param states jobs in one of these states; empty for all
 * @param type jobs of this type; null for all
 * @param limit the most jobs on a page
 * @param after the place where the page before ended; null for the first page
 */
public record JobQuery(
        @Nullable String owner,
        Set<JobState> states,
        @Nullable String type,
        int limit,
        @Nullable JobPlace after) {
    public JobQuery {
        states = Set.copyOf(states);
        if (limit < 1) {
            throw new IllegalArgumentException("a page of " + limit);
        }
    }
}
