package dev.ringback.gateway.results;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobResult;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The name of one upload's bytes: two uploads for one job never share theirs, and the job's document says whose it took.
 *
 * @param upload 32 hexadecimal digits, so that it can be part of any key or file name
 */
public record ResultId(JobId job, String upload) {
    private static final int RANDOM_BYTES = 16;

    /** A new name, which nobody can guess. */
    public static ResultId random(JobId job, SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return new ResultId(job, HexFormat.of().formatHex(bytes));
    }

    /** The upload that is this job's result; null where its result is something else, or there is none. */
    public static @Nullable ResultId of(JobEvent event) {
        String upload = JobResult.of(event).upload(event.jobId());
        return upload == null ? null : new ResultId(event.jobId(), upload);
    }

    public ResultId {
        JobResult named = new JobResult(null, JobResult.uploadUrl(job, upload));
        if (!upload.equals(named.upload(job))) {
            throw new IllegalArgumentException("not the name of an upload: " + upload);
        }
    }

    /** A name for a file, of 97 safe characters whatever the job's id: ids may differ in case only, which not every disk tells apart. */
    String fileName() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(job.toString().getBytes(ISO_8859_1));
            return HexFormat.of().formatHex(digest) + "-" + upload;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    /** Where clients find these bytes; what the job's document says. */
    public String url() {
        return JobResult.uploadUrl(job, upload);
    }
}
