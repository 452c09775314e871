package dev.ringback.loadtest.check;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import org.jspecify.annotations.Nullable;

/**
 * What the store says of a job at the end of a history.
 *
 * @param incarnation null where there is no such job
 */
public record Truth(
        JobId job,
        @Nullable String incarnation,
        long version,
        @Nullable JobState state) {
    public static Truth absent(JobId job) {
        return new Truth(job, null, 0, null);
    }

    @Nullable Standing standing() {
        return Standing.of(incarnation, version, state);
    }
}
