package dev.ringback.protocol;

import java.time.Duration;

/** Reads what is asked of a signed download URL: {@code {"expiresIn": seconds}}. */
public final class ResultLinkReader {
    /** How long a URL serves where the request does not say. */
    public static final Duration DEFAULT = Duration.ofMinutes(10);

    private static final long MAX_SECONDS = Duration.ofDays(7).toSeconds();

    private ResultLinkReader() {}

    /**
     * How long the URL is to serve.
     *
     * @param json empty for the default
     * @throws InvalidDocumentException where it is no such object; unknown members are passed over
     */
    public static Duration read(byte[] json) throws InvalidDocumentException {
        long[] seconds = {DEFAULT.toSeconds()};
        if (json.length > 0) {
            JsonMembers.visit(json, (name, value) -> {
                if (name.equals("expiresIn")) {
                    seconds[0] = value.integer(1, MAX_SECONDS);
                }
            });
        }
        return Duration.ofSeconds(seconds[0]);
    }
}
