package dev.ringback.loadtest.webhook;

/**
 * What a sink counts for.
 *
 * @param run as the run's {@link dev.ringback.loadtest.client.LoadJobs} has it
 * @param toEach whether each job's event goes to each endpoint; otherwise job <i>n</i> has endpoint <i>n mod endpoints</i>
 * @param judged so many endpoints, the first ones, are those whose times are put together
 */
record SinkRun(String run, boolean toEach, int judged) {}
