package dev.ringback.gateway.store;

import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.gateway.store.StoredJob.Work;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.JobState;
import org.jspecify.annotations.Nullable;

/** What a worker's lease allows, and what becomes of a job that its worker fails or gives back. A part of {@link JobRules}. */
final class LeaseRules {
    private LeaseRules() {}

    /**
     * What a change comes to.
     *
     * @param change as it is made: a failure with attempts left queues the job again
     * @param work as it stands then; null for a job that waits in no queue
     * @param again whether the job is queued again
     */
    record Move(JobChange change, @Nullable Work work, boolean again) {}

    /** Why the change is not made; null where nothing stands against it. */
    static @Nullable Outcome refusal(StoredJob job, JobRecord present, JobChange change, LeaseUse use) {
        Work work = job.work();
        if (work == null) {
            return use.begins() ? Outcome.REFUSED : Outcome.STALE;
        }
        boolean held = use.leaseId().equals(work.leaseId());
        if (use.begins() && present.state() != JobState.QUEUED) {
            return held ? Outcome.DUPLICATE : Outcome.REFUSED;
        }
        if (use.begins()) {
            return null;
        }
        if (!held) {
            return Outcome.STALE;
        }
        if (present.state().isTerminal()) {
            return present.state() == change.state() ? Outcome.DUPLICATE : Outcome.REFUSED;
        }
        return change.eventId() != null && change.eventId().equals(job.lastEventId()) ? Outcome.DUPLICATE : null;
    }

    /** What an accepted change of this job comes to. */
    static Move move(@Nullable Work work, JobRecord before, JobChange change, @Nullable LeaseUse use, long nowMillis) {
        if (work == null || use == null) {
            return new Move(change, work, false);
        }
        if (use.begins()) {
            return new Move(change, work.heldBy(use.leaseId()), false);
        }
        if (change.state() == JobState.QUEUED) {
            return new Move(queued(change), work.queued(true, nowMillis + use.delayMillis()), true);
        }
        if (change.state() != JobState.FAILED) {
            return new Move(change, work, false);
        }
        int tried = before.attempt() - work.released();
        LeaseUse.Retry retry = use.retry();
        if (retry == null || tried >= work.maxAttempts()) {
            return new Move(change, work.failedForGood(), false);
        }
        return new Move(queued(change), work.queued(false, nowMillis + retry.delayMillis(tried)), true);
    }

    /** The error stays to be seen until the next try begins. */
    private static JobChange queued(JobChange change) {
        return new JobChange(JobState.QUEUED, null, null, null, change.error(), null, change.eventId());
    }
}
