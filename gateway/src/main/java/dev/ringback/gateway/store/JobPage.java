package dev.ringback.gateway.store;

import dev.ringback.protocol.JobSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list of jobs. It may have fewer jobs than were asked for, even none, and still not be the last: a store looks at a
 * bounded number of jobs for each page.
 *
 * @param next where the next page begins; null after the last
 */
public record JobPage(List<JobSnapshot> jobs, @Nullable JobPlace next) {
    public JobPage {
        jobs = List.copyOf(jobs);
    }
}
