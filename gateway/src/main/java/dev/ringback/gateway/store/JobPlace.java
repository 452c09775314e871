package dev.ringback.gateway.store;

import dev.ringback.protocol.JobId;
import java.util.Comparator;

/**
 * Where a job stands in a list: the newest is first, and jobs of the same millisecond stand by their ids, the greatest first.
 *
 * @param createdMillis when the job was made, since the epoch
 */
public record JobPlace(long createdMillis, JobId id) implements Comparable<JobPlace> {
    private static final Comparator<JobPlace> NEWEST_FIRST = Comparator.comparingLong(JobPlace::createdMillis)
            .thenComparing(place -> place.id().toString())
            .reversed();

    @Override
    public int compareTo(JobPlace other) {
        return NEWEST_FIRST.compare(this, other);
    }
}
