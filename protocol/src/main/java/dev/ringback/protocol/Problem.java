package dev.ringback.protocol;

/**
 * An error as RFC 9457 problem details.
 *
 * @param status the HTTP status code, 400 to 599
 * @param code names the kind of problem, dashed; the type is {@code urn:ringback:problem:<code>}
 * @param title the same for every occurrence
 * @param detail says what was wrong this time and what is allowed; never holds a secret
 */
public record Problem(int status, String code, String title, String detail) {
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};

    public Problem {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("not an error status: " + status);
        }
    }

    public byte[] json() {
        return new JsonWriter(192)
                .string("type", "urn:ringback:problem:" + code)
                .string("title", title)
                .number("status", status)
                .string("detail", detail)
                .end();
    }

    /**
     * The problem with the present state of the job that it is about, as the member {@code job}, and with {@code "cancelled":true} where
     * its client wants it no more, which a worker should look for.
     */
    public byte[] json(JobEvent present) {
        boolean cancelled = present.state() == JobState.CANCELLED;
        return new JsonWriter(192 + present.json().length)
                .string("type", "urn:ringback:problem:" + code)
                .string("title", title)
                .number("status", status)
                .string("detail", detail)
                .json("cancelled", cancelled ? TRUE : null)
                .json("job", present.json())
                .end();
    }
}
