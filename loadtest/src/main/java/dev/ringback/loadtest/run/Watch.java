package dev.ringback.loadtest.run;

import dev.ringback.loadtest.result.Sample;

/** Is told how a run goes on. */
interface Watch extends AutoCloseable {
    /**
     * A part of the run begins.
     *
     * @param steps how many it has; 0 where that is not known
     */
    void phase(String name, long steps);

    void at(long step, Sample sample);

    @Override
    void close();

    /** Is told, and says nothing. */
    Watch SILENT = new Watch() {
        @Override
        public void phase(String name, long steps) {}

        @Override
        public void at(long step, Sample sample) {}

        @Override
        public void close() {}
    };
}
