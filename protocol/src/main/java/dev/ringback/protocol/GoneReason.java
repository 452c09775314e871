package dev.ringback.protocol;

import java.util.Locale;

/** Why a wait ends without the job's end. */
public enum GoneReason {
    /** The job ended and its time to live is over. */
    EXPIRED,
    /** No such job, or none that this caller may see. */
    UNKNOWN,
    /** The store no longer has the job that was followed. */
    EVICTED;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
