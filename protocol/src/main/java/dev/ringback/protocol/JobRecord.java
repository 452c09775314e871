package dev.ringback.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The stored fields of a job from which its document is made. Times are milliseconds since the epoch, 0 for none; JSON members
 * are the caller's bytes, valid JSON in UTF-8, spliced and never re-encoded.
 *
 * @param resultUrl where the result is, if it is not inline: {@code result} is null then
 */
public record JobRecord(
        JobId jobId,
        String incarnation,
        long version,
        JobState state,
        @Nullable String type,
        @Nullable String owner,
        Times times,
        byte @Nullable [] progress,
        byte @Nullable [] result,
        @Nullable String resultUrl,
        byte @Nullable [] error,
        int attempt,
        @Nullable String correlationId,
        @Nullable String originalJobId) {

    /** When the job was made, moved, begun, ended, and when it may be forgotten; milliseconds since the epoch, 0 for not yet. */
    public record Times(long created, long updated, long started, long completed, long expires) {}

    public JobSnapshot snapshot() {
        JobEvent event = new JobEvent(jobId, incarnation, version, state, progress != null, JobJson.document(this));
        return new JobSnapshot(event, owner);
    }
}
