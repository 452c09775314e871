package dev.ringback.loadtest.publish;

import dev.ringback.loadtest.server.ServerKind.Change;

/** How requests are written to a connection, and their answers found in what comes back. */
interface Codec {
    /** For an answer that has not wholly come. */
    int NEEDS_MORE = -1;

    /** What is sent once, before everything else; empty for nothing. It is answered too. */
    byte[] greeting();

    /** A request that moves a job. */
    byte[] change(Change change);

    /** A request that makes a job. */
    byte[] create(String job);

    /** Reads the answer that begins there; returns where it ends, or {@link #NEEDS_MORE}. */
    int answer(byte[] bytes, int from, int to, Answer into);

    /** One answer, read in place. For one thread. */
    final class Answer {
        boolean accepted;
        /** The job's version; 0 where the answer tells none. */
        long version;
        /** Why it is not accepted. */
        String reason = "";
    }
}
