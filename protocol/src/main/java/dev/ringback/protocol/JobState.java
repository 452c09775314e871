package dev.ringback.protocol;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a job stands.
 *
 * <pre>
 * queued ──► processing ──► completed | failed | cancelled        progress: processing → processing
 *    └────────────┴───────► completed | failed | cancelled        (a terminal straight from queued is legal)
 * queued ◄── processing                                            (only where a lease ends without an end of the job)
 * </pre>
 */
public enum JobState {
    QUEUED,
    PROCESSING,
    COMPLETED,
    FAILED,
    CANCELLED;

    /** What other job systems say for the same thing. */
    private static final Map<String, JobState> SPELLINGS = Map.ofEntries(
            Map.entry("queued", QUEUED),
            Map.entry("pending", QUEUED),
            Map.entry("processing", PROCESSING),
            Map.entry("running", PROCESSING),
            Map.entry("started", PROCESSING),
            Map.entry("active", PROCESSING),
            Map.entry("completed", COMPLETED),
            Map.entry("complete", COMPLETED),
            Map.entry("done", COMPLETED),
            Map.entry("success", COMPLETED),
            Map.entry("succeeded", COMPLETED),
            Map.entry("finished", COMPLETED),
            Map.entry("failed", FAILED),
            Map.entry("error", FAILED),
            Map.entry("failure", FAILED),
            Map.entry("cancelled", CANCELLED),
            Map.entry("canceled", CANCELLED),
            Map.entry("revoked", CANCELLED));

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** Reads any spelling that job systems use, in any case; null for an unknown one. */
    public static @Nullable JobState parse(String text) {
        return SPELLINGS.get(text.toLowerCase(Locale.ROOT));
    }

    /** The spelling of Ringback's own documents. */
    public String wireName() {
        return wireName;
    }

    /** True where nothing follows: a terminal state is written once. */
    public boolean isTerminal() {
        return this != QUEUED && this != PROCESSING;
    }

    /** Whether a worker's or caller's change may move a job from this state to the next. */
    public boolean canMoveTo(JobState next) {
        return !isTerminal() && next != QUEUED;
    }
}
