package dev.ringback.gateway.queue;

/**
 * How a queue fares.
 *
 * @param waiting jobs that workers could have now, but for limits
 * @param delayed jobs that are not due yet
 * @param leased jobs that workers have
 * @param dead dead letters that are listed
 * @param oldestMillis when the job was added that waits the longest and is due, since the epoch; 0 for none
 * @param workers that asked for work, or renewed a lease, within the last minute
 * @param counts what has happened so far
 * @param endsPerSecond jobs that ended, over about the last minute
 */
public record QueueFigures(
        long waiting,
        long delayed,
        long leased,
        long dead,
        long oldestMillis,
        long workers,
        Counts counts,
        double endsPerSecond) {

    /** Whether there is nothing to tell: no job was ever there, and no worker has asked for one lately. */
    public boolean isOfNothing() {
        return counts.added == 0 && waiting + delayed + leased + dead + workers == 0;
    }

    /** How long the job has waited that waits the longest and is due; 0 for none. */
    public long oldestAgeMillis(long nowMillis) {
        return oldestMillis == 0 ? 0 : Math.max(0, nowMillis - oldestMillis);
    }

    /** Jobs that could be worked on now, for each worker: the signal to start more of them, or to stop some. */
    public double jobsPerWorker() {
        return (double) (waiting + leased) / Math.max(1, workers);
    }

    /**
     * Since the queue began.
     *
     * @param lost leases that were over before their job was
     */
    public record Counts(
            long added,
            long completed,
            long failed,
            long cancelled,
            long dead,
            long retried,
            long released,
            long lost) {}
}
