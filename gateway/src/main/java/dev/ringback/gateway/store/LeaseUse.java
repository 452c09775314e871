package dev.ringback.gateway.store;

import org.jspecify.annotations.Nullable;

/**
 * How a change of a job makes use of a worker's lease.
 *
 * @param leaseId which lease
 * @param begins whether the lease begins with this change: the job must be queued then; else it must be held by this very lease
 * @param delayMillis how long a job that is given back stays where nobody gets it
 * @param retry how a failure is tried again while there are attempts left; null where it is final
 */
public record LeaseUse(
        String leaseId,
        boolean begins,
        long delayMillis,
        @Nullable Retry retry) {

    /**
     * Exponential backoff with full jitter: at random from 0 to the base, doubled for each attempt that there was.
     *
     * @param jitterPerMillion what chance has chosen, 0 to 1,000,000
     */
    public record Retry(long baseMillis, long maxMillis, int jitterPerMillion) {
        private static final int MOST_DOUBLINGS = 30;
        private static final long MILLION = 1_000_000;

        /** The delay after so many attempts. */
        long delayMillis(int attempts) {
            long grown = baseMillis << Math.min(Math.max(0, attempts - 1), MOST_DOUBLINGS);
            return Math.min(maxMillis, grown) * jitterPerMillion / MILLION;
        }
    }

    /** A worker begins with a queued job. */
    public static LeaseUse beginning(String leaseId) {
        return new LeaseUse(leaseId, true, 0, null);
    }

    /** A worker moves a job that it holds; a failure is final. */
    public static LeaseUse of(String leaseId) {
        return new LeaseUse(leaseId, false, 0, null);
    }

    /** The same where a job that is given back is left alone for so long. */
    public LeaseUse delayed(long millis) {
        return new LeaseUse(leaseId, begins, millis, retry);
    }

    /** The same where a failure is tried again. */
    public LeaseUse retrying(Retry how) {
        return new LeaseUse(leaseId, begins, delayMillis, how);
    }
}
