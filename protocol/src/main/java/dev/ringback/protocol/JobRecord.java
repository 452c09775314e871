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

    /** This record with other fields in place of some. */
    public Builder with() {
        return new Builder(this);
    }

    /** Makes a changed copy; not thread-safe. */
    public static final class Builder {
        private final JobRecord from;
        private long version;
        private JobState state;
        private @Nullable String type;
        private @Nullable String owner;
        private Times times;
        private byte @Nullable [] progress;
        private byte @Nullable [] result;
        private @Nullable String resultUrl;
        private byte @Nullable [] error;
        private int attempt;
        private @Nullable String correlationId;
        private @Nullable String originalJobId;

        private Builder(JobRecord from) {
            this.from = from;
            this.version = from.version;
            this.state = from.state;
            this.type = from.type;
            this.owner = from.owner;
            this.times = from.times;
            this.progress = from.progress;
            this.result = from.result;
            this.resultUrl = from.resultUrl;
            this.error = from.error;
            this.attempt = from.attempt;
            this.correlationId = from.correlationId;
            this.originalJobId = from.originalJobId;
        }

        public Builder version(long newVersion) {
            version = newVersion;
            return this;
        }

        public Builder state(JobState newState) {
            state = newState;
            return this;
        }

        public Builder type(@Nullable String newType) {
            type = newType;
            return this;
        }

        public Builder owner(@Nullable String newOwner) {
            owner = newOwner;
            return this;
        }

        public Builder times(Times newTimes) {
            times = newTimes;
            return this;
        }

        public Builder progress(byte @Nullable [] json) {
            progress = json;
            return this;
        }

        /** The result inline, or where it is instead. */
        public Builder result(byte @Nullable [] json, @Nullable String url) {
            result = json;
            resultUrl = url;
            return this;
        }

        public Builder error(byte @Nullable [] json) {
            error = json;
            return this;
        }

        public Builder attempt(int newAttempt) {
            attempt = newAttempt;
            return this;
        }

        public Builder correlationId(@Nullable String newCorrelationId) {
            correlationId = newCorrelationId;
            return this;
        }

        public Builder originalJobId(@Nullable String newOriginalJobId) {
            originalJobId = newOriginalJobId;
            return this;
        }

        public JobRecord build() {
            return new JobRecord(
                    from.jobId,
                    from.incarnation,
                    version,
                    state,
                    type,
                    owner,
                    times,
                    progress,
                    result,
                    resultUrl,
                    error,
                    attempt,
                    correlationId,
                    originalJobId);
        }
    }
}
