package dev.ringback.loadtest.client;

import dev.ringback.protocol.EventName;
import dev.ringback.protocol.JobEvent;
import org.jspecify.annotations.Nullable;

/**
 * Hears what becomes of one connection's wait. Called on the connection's loop; times are by {@link System#nanoTime()}, when the
 * bytes were read. What it throws ends the connection.
 */
interface Hearer {
    /** For an answer that does not say when to come back. */
    long NO_DELAY = -1;

    /** A request begins: the connection's first, or a long poll's next. */
    void asked(long nanos);

    /** The gateway holds the wait, as far as the wire can tell; once. */
    void parked();

    /** An event about the job; a reset, too, which carries the job. */
    void event(EventName name, JobEvent job, long nanos) throws WireException;

    /** There is nothing to wait for; the connection is closed behind it. */
    void gone(String reason, long nanos) throws WireException;

    /**
     * Nothing is newer than what the client has.
     *
     * @param asksOn whether the connection asks again by itself
     */
    void upToDate(boolean asksOn, long nanos) throws WireException;

    /**
     * The wait is refused; the connection is closed behind it.
     *
     * @param delayMillis after which to come back; {@link #NO_DELAY} where nothing is said
     */
    void refused(String reason, long delayMillis, long nanos) throws WireException;

    /** After how long to come back when the connection has ended. */
    void retry(long millis);

    /** The gateway said something that it may not say here; the connection is closed behind it. */
    void wrong(String what);

    /**
     * The connection ended; once.
     *
     * @param why what this side had against it; null where the gateway closed it
     */
    void closed(@Nullable String why);
}
