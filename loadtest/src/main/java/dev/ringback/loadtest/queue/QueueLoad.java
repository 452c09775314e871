package dev.ringback.loadtest.queue;

/**
 * How much is submitted, and how many work on it.
 *
 * @param perSecond jobs that are submitted, on schedule
 * @param warmupSeconds before the first round, not measured
 * @param seconds that each round measures
 * @param workers jobs that are worked on at once
 * @param clients submitters, each of which waits for its job's end before it submits the next
 * @param inputBytes of each job
 */
record QueueLoad(int perSecond, int warmupSeconds, int seconds, int workers, int clients, int inputBytes) {
    /** Of each round, before what is measured. */
    private static final int SETTLING_SECONDS = 2;

    int warmupJobs() {
        return perSecond * warmupSeconds;
    }

    int settlingJobs() {
        return perSecond * SETTLING_SECONDS;
    }

    int jobs() {
        return perSecond * seconds;
    }
}
