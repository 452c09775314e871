package dev.ringback.loadtest.check;

import java.util.List;

/**
 * Everything that happened in one run.
 *
 * @param heard in each client's own order; clients may be mixed
 * @param truths one for each job
 * @param endNanos when the run ended, by {@link System#nanoTime()}
 */
public record History(List<Write> writes, List<Heard> heard, List<Fault> faults, List<Truth> truths, long endNanos) {}
