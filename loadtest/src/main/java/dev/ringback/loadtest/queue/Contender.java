package dev.ringback.loadtest.queue;

import java.io.IOException;
import java.util.Map;

/** A queue with its workers, which stay there from round to round. */
interface Contender extends AutoCloseable {
    String name();

    /** Submits so many jobs on schedule: when each came how far, once all have ended. */
    Trips run(int jobs) throws IOException, InterruptedException;

    /** User and system time until now of each process that takes part, but for Redis. */
    Map<String, Double> cpuSeconds();

    @Override
    void close() throws IOException;
}
