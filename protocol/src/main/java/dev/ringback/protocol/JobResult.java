package dev.ringback.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Where a completed job's result is.
 *
 * @param inline the result's JSON; null where it is elsewhere or there is none
 * @param url where it is instead
 */
public record JobResult(byte @Nullable [] inline, @Nullable String url) {
    /** Where this server has a result that is too large for the job's document. */
    public static String ownUrl(JobId id) {
        return "/jobs/" + id + "/result";
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
