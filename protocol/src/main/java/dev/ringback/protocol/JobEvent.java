package dev.ringback.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One accepted change of a job, carrying the whole state that it led to: a later event of the same incarnation replaces an
 * earlier one without loss.
 *
 * @param jobId the job
 * @param incarnation tells one life of a job id from the next
 * @param version rises by one with each accepted change, from 1
 * @param state the state reached
 * @param hasProgress whether the document has a {@code progress} member
 * @param json the job's document, UTF-8 JSON, an object; never changed after construction
 */
public record JobEvent(
        JobId jobId, String incarnation, long version, JobState state, boolean hasProgress, byte[] json) {
    public JobEvent {
        if (version < 1) {
            throw new IllegalArgumentException("version " + version + " of job " + jobId);
        }
    }

    public Cursor cursor() {
        return new Cursor(incarnation, version);
    }

    /** The name that this event has on the wire. */
    public EventName name() {
        if (state.isTerminal()) {
            return EventName.COMPLETE;
        }
        return state == JobState.PROCESSING && hasProgress ? EventName.PROGRESS : EventName.STATUS;
    }

    /** True where a client that stands at the cursor has not seen this event: a foreign or future cursor counts as none. */
    public boolean isNewerThan(Cursor seen) {
        return incarnation.equals(seen.incarnation()) && version > seen.version();
    }

    /** True where the cursor names exactly this event. */
    public boolean isAt(@Nullable Cursor seen) {
        return seen != null && version == seen.version() && incarnation.equals(seen.incarnation());
    }

    /**
     * True where this event can't come from the history that led to the other, a later or equal version of the same
     * incarnation: the store went back, and another history began. A document that is empty, for it was not kept, says nothing.
     */
    public boolean contradicts(JobEvent later) {
        if (later.state.isTerminal()) {
            return version == later.version && state != later.state;
        }
        if (state.isTerminal()) {
            return true;
        }
        boolean comparable = version == later.version && json.length > 0 && later.json.length > 0;
        return comparable && !Arrays.equals(json, later.json);
    }

    /** Without the document, which may be large and is the caller's business. */
    @Override
    public String toString() {
        return "JobEvent[" + jobId + " " + incarnation + "-" + version + " " + state.wireName() + "]";
    }
}
