package dev.ringback.protocol;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a completed job's result is.
 *
 * @param inline the result's JSON; null where it is elsewhere or there is none
 * @param url where it is instead
 */
public record JobResult(byte @Nullable [] inline, @Nullable String url) {
    private static final String UPLOAD = "?upload=";
    /** 128 random bits in hexadecimal. */
    private static final Pattern UPLOAD_NAME = Pattern.compile("[0-9a-f]{32}");

    /** Where this server has a result that is too large for the job's document. */
    public static String ownUrl(JobId id) {
        return "/jobs/" + id + "/result";
    }

    /** Where this server has the bytes that a worker uploaded as this job's result. */
    public static String uploadUrl(JobId id, String upload) {
        return ownUrl(id) + UPLOAD + upload;
    }

    /** The name of the upload that is this job's result; null where the result is something else. */
    public @Nullable String upload(JobId id) {
        String prefix = ownUrl(id) + UPLOAD;
        if (url == null || !url.startsWith(prefix)) {
            return null;
        }
        String name = url.substring(prefix.length());
        return UPLOAD_NAME.matcher(name).matches() ? name : null;
    }

    /** When the job's document says that the job is no longer kept, in milliseconds since the epoch; 0 where it does not say. */
    public static long expiryOf(JobEvent event) {
        long[] expires = new long[1];
        try {
            JsonMembers.visit(event.json(), (name, value) -> {
                if (name.equals("expiresAt") && value.isString()) {
                    expires[0] = Math.max(0, Rfc3339.read(value.string()));
                }
            });
        } catch (InvalidDocumentException e) {
            throw new IllegalStateException("an event's document is checked before it becomes one", e);
        }
        return expires[0];
    }

    /** What the job's document says of its result. */
    public static JobResult of(JobEvent event) {
        byte[][] inline = new byte[1][];
        String[] url = new String[1];
        try {
            JsonMembers.visit(event.json(), (name, value) -> {
                if (name.equals("result")) {
                    inline[0] = value.bytesOrNull();
                } else if (name.equals("resultUrl")) {
                    url[0] = value.string();
                }
            });
        } catch (InvalidDocumentException e) {
            throw new IllegalStateException("an event's document is checked before it becomes one", e);
        }
        return new JobResult(inline[0], url[0]);
    }
}
