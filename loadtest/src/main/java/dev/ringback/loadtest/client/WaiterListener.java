package dev.ringback.loadtest.client;

import dev.ringback.protocol.EventName;

/** Hears what becomes of waits, which it knows by their index. Called on the event loops. */
public interface WaiterListener {
    /** The gateway holds the wait, as far as the wire can tell; once. */
    void parked(int index);

    /**
     * An event about the job arrived.
     *
     * @param nanos when its last bytes were read, by {@link System#nanoTime()}
     */
    void heard(int index, EventName event, long nanos);

    /** The connection ended, or never came to be; once. */
    void ended(int index, String reason);
}
