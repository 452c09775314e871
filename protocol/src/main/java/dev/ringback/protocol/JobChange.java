package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

/**
 * What a worker says of a job. JSON members are the worker's bytes, valid JSON in UTF-8.
 *
 * @param progress an object
 * @param error an object with {@code code}, {@code message}, {@code retryable}, each optional
 * @param resultUrl where the result lives, if elsewhere
 * @param type given by publishers whose job is not known yet
 * @param eventId the worker's own name for this change, so that a repeat is known for one
 */
public record JobChange(
        JobState state,
        byte @Nullable [] progress,
        byte @Nullable [] result,
        @Nullable String resultUrl,
        byte @Nullable [] error,
        @Nullable String type,
        @Nullable String eventId) {

    private static final byte[] EXPIRED_ERROR =
            "{\"code\":\"expired\",\"message\":\"the job did not end within jobs.max-age\",\"retryable\":false}"
                    .getBytes(ISO_8859_1);

    /** The end of a job that has not ended by itself in time. */
    public static JobChange expired() {
        return new JobChange(JobState.FAILED, null, null, null, EXPIRED_ERROR.clone(), null, null);
    }

    /** A change that says no more than the state. */
    public static JobChange to(JobState state) {
        return new JobChange(state, null, null, null, null, null, null);
    }
}
