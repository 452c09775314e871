package dev.ringback.gateway.store;

import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one shard has for one page of a list: the jobs that the query asks for, newest first, among a bounded number that it looked
 * at.
 *
 * @param stopped the last place that was looked at; null where there is nothing behind it
 */
record ListPart(List<JobRecord> jobs, @Nullable JobPlace stopped) {
    /** The most jobs that are looked at for one page: a rare state among many jobs must not hold the thread up. */
    static final int MOST_LOOKED_AT = 1_000;

    /** A job that may be asked for; what it is filtered by costs less to know than the whole of it. */
    interface Candidate {
        JobPlace place();

        JobState state();

        @Nullable String type();

        /** Null where it is damaged: one job must not hide all others. */
        @Nullable JobRecord record();
    }

    /** Takes what the query asks for out of jobs that stand newest first, behind its place already. */
    static ListPart of(Iterator<? extends Candidate> jobs, JobQuery query) {
        List<JobRecord> taken = new ArrayList<>();
        JobPlace last = null;
        for (int looked = 0; looked < MOST_LOOKED_AT && taken.size() < query.limit() && jobs.hasNext(); looked++) {
            Candidate job = jobs.next();
            last = job.place();
            JobRecord record = isAsked(job, query) ? job.record() : null;
            if (record != null) {
                taken.add(record);
            }
        }
        return new ListPart(taken, jobs.hasNext() ? last : null);
    }

    private static boolean isAsked(Candidate job, JobQuery query) {
        boolean state = query.states().isEmpty() || query.states().contains(job.state());
        return state && (query.type() == null || query.type().equals(job.type()));
    }

    static JobPlace place(JobRecord job) {
        return new JobPlace(job.times().created(), job.jobId());
    }

    /** One page of all parts: it ends where the first of them stopped, because nothing is known of that shard behind it. */
    static JobPage page(List<ListPart> parts, int limit) {
        List<JobRecord> all = new ArrayList<>();
        JobPlace horizon = null;
        for (ListPart part : parts) {
            all.addAll(part.jobs);
            JobPlace stopped = part.stopped;
            if (stopped != null && (horizon == null || stopped.compareTo(horizon) < 0)) {
                horizon = stopped;
            }
        }
        all.sort(Comparator.comparing(ListPart::place));
        List<JobRecord> known = new ArrayList<>();
        for (JobRecord job : all) {
            if (horizon == null || place(job).compareTo(horizon) <= 0) {
                known.add(job);
            }
        }
        boolean cut = known.size() > limit;
        List<JobRecord> shown = cut ? known.subList(0, limit) : known;
        JobPlace next = cut ? place(shown.get(limit - 1)) : horizon;
        return new JobPage(shown.stream().map(JobRecord::snapshot).toList(), next);
    }
}
