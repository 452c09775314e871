package dev.ringback.loadtest.crowd;

import java.io.IOException;
import java.util.Map;

/** Those who wait, in this process or in others. For one thread. */
public interface Crowd extends AutoCloseable {
    /**
     * Everything that a crowd must know.
     *
     * @param settings of the scenario
     * @param run tells this run's jobs from those of others
     * @param part which part of the crowd, of {@code parts}: it has every connection whose number leaves that remainder
     */
    record Plan(Map<String, String> settings, String url, String run, int part, int parts) {}

    /** Begins to open connections, at the scenario's rate. */
    void open() throws IOException;

    /** Begins to drop connections that come back at once, where the scenario has that. */
    void churn() throws IOException;

    /** Drops every connection; all come back when a client would. */
    void storm() throws IOException;

    CrowdFigures read() throws IOException;

    /**
     * How many versions those who read are still to hear.
     *
     * @param accepted by job: where jobs follow one another, how many have ended; else the last version
     */
    long outstanding(long[] accepted) throws IOException;

    /** The same, when nothing more is waited for: what those who miss something were doing is among the complaints. */
    long missing(long[] accepted) throws IOException;

    @Override
    void close() throws IOException;
}
