package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON documents that clients see. */
public final class JobJson {
    private static final int SCALARS = 384;

    private JobJson() {}

    /** The stored document of a job, as events carry it. */
    static byte[] document(JobRecord job) {
        JobRecord.Times times = job.times();
        return new JsonWriter(SCALARS + length(job.progress()) + length(job.result()) + length(job.error()))
                .jobId("jobId", job.jobId())
                .string("type", job.type())
                .string("status", job.state().wireName())
                .number("version", job.version())
                .string("incarnation", job.incarnation())
                .json("progress", job.progress())
                .time("createdAt", times.created())
                .time("updatedAt", times.updated())
                .time("startedAt", times.started())
                .time("completedAt", times.completed())
                .time("expiresAt", times.expires())
                .json("result", job.result())
                .string("resultUrl", job.resultUrl())
                .json("error", job.error())
                .number("attempt", job.attempt())
                .string("correlationId", job.correlationId())
                .string("originalJobId", job.originalJobId())
                .end();
    }

    /**
     * The document with what only HTTP answers carry: the hints and the links.
     *
     * @param retryAfterSeconds left out where it is 0
     * @param estimatedCompletionMillis since the epoch; left out where it is 0
     * @param retryable whether the job may be tried again
     */
    public static byte[] httpBody(
            JobEvent event, int retryAfterSeconds, long estimatedCompletionMillis, boolean retryable) {
        String self = "/jobs/" + event.jobId();
        StringBuilder more = new StringBuilder(256);
        if (estimatedCompletionMillis > 0) {
            byte[] time = new byte[Rfc3339.LENGTH];
            Rfc3339.write(estimatedCompletionMillis, time, 0);
            more.append(",\"estimatedCompletion\":\"")
                    .append(new String(time, ISO_8859_1))
                    .append('"');
        }
        if (retryAfterSeconds > 0) {
            more.append(",\"retryAfter\":").append(retryAfterSeconds);
        }
        more.append(",\"links\":{\"self\":\"").append(self);
        more.append("\",\"events\":\"").append(self).append("/events\"");
        if (!event.state().isTerminal()) {
            more.append(",\"cancel\":\"").append(self).append('"');
        }
        if (retryable) {
            more.append(",\"retry\":\"").append(self).append("/retry\"");
        }
        more.append("}}");
        byte[] tail = more.toString().getBytes(ISO_8859_1);
        int kept = endOfMembers(event.json());
        byte[] body = Arrays.copyOf(event.json(), kept + tail.length);
        System.arraycopy(tail, 0, body, kept, tail.length);
        return body;
    }

    /**
     * {@code {"jobs":[…],"next":…}}: one page of a list.
     *
     * @param jobs each as {@link #httpBody} makes it
     * @param next where the next page is; null after the last
     */
    public static byte[] list(List<byte[]> jobs, @Nullable String next) {
        int length = jobs.stream().mapToInt(job -> job.length + 1).sum();
        ByteArrayOutputStream array = new ByteArrayOutputStream(length + 2);
        array.write('[');
        for (byte[] job : jobs) {
            if (array.size() > 1) {
                array.write(',');
            }
            array.writeBytes(job);
        }
        array.write(']');
        return new JsonWriter(length + 256)
                .json("jobs", array.toByteArray())
                .string("next", next)
                .end();
    }

    /** {@code {"jobId":…,"reason":…}}: what a wait ends with when it ends without the job's end. */
    public static byte[] gone(JobId id, GoneReason reason) {
        return new JsonWriter(96)
                .jobId("jobId", id)
                .string("reason", reason.wireName())
                .end();
    }

    /** The answer to a worker's event. */
    public static byte[] accepted(long version, boolean duplicate) {
        JsonWriter json = new JsonWriter(48).number("version", version);
        return (duplicate ? json.json("duplicate", "true".getBytes(ISO_8859_1)) : json).end();
    }

    /** A download URL and the end of its time. */
    public static byte[] resultLink(String url, long expiresMillis) {
        return new JsonWriter(192)
                .string("url", url)
                .time("expiresAt", expiresMillis)
                .end();
    }

    /** Where the object's closing brace stands: documents from Redis may have white space behind it. */
    static int endOfMembers(byte[] object) {
        int end = object.length - 1;
        while (object[end] != '}') {
            end--;
        }
        return end;
    }

    private static int length(byte @Nullable [] json) {
        return json == null ? 0 : json.length;
    }
}
