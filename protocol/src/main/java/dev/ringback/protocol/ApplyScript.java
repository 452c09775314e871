package dev.ringback.protocol;

import java.util.Arrays;

/**
 * The Redis script that makes and moves jobs, {@code apply.lua} beside this class: record, log, time to live and publication in
 * one atomic step. Its head says what it takes and answers; the constants here are the names of its arguments.
 */
public final class ApplyScript {
    /** Operation: a worker's change. */
    public static final String APPLY = "apply";
    /** Operation: a caller's submission. */
    public static final String CREATE = "create";

    public static final String STATUS = "status";
    public static final String PROGRESS = "progress";
    public static final String RESULT = "result";
    public static final String RESULT_URL = "resultUrl";
    public static final String ERROR = "error";
    public static final String TYPE = "type";
    public static final String EVENT_ID = "eventId";
    public static final String OWNER = "owner";
    /** {@code 0}: an unknown job stays unknown. */
    public static final String CREATES = "create";
    /** The gateway that heard a plain PUBLISH. */
    public static final String PLAIN = "plain";

    /** By which a worker has the job. */
    public static final String LEASE = "lease";
    /** {@code 1}: the lease begins with this change. */
    public static final String BEGINS = "begins";

    public static final String DELAY_MILLIS = "delayMillis";
    public static final String RETRY_BASE_MILLIS = "retryBaseMillis";
    public static final String RETRY_MAX_MILLIS = "retryMaxMillis";
    public static final String JITTER_PER_MILLION = "jitterPerMillion";
    public static final String DEAD_TTL_MILLIS = "deadTtlMillis";

    public static final String INPUT = "input";
    public static final String PRIORITY = "priority";
    public static final String WEBHOOK = "webhook";
    public static final String CORRELATION_ID = "correlationId";
    public static final String TTL_MILLIS = "ttlMillis";
    /** The failed job that the submitted one tries again. */
    public static final String ORIGINAL_JOB_ID = "originalJobId";

    public static final String FINGERPRINT = "fingerprint";

    /** How often workers may have the job; 0 for one that waits in no queue. */
    public static final String MAX_ATTEMPTS = "maxAttempts";

    public static final String RUN_AT_MILLIS = "runAtMillis";
    /** How often the submission itself says that the job is to be tried. */
    public static final String PLANNED_ATTEMPTS = "plannedAttempts";

    public static final String AFTER = "after";
    public static final String AFTER_FAILURE = "afterFailure";

    public static final String INLINE_BYTES = "inlineBytes";
    public static final String RESULT_TTL_MILLIS = "resultTtlMillis";
    public static final String TOMBSTONE_MILLIS = "tombstoneMillis";
    public static final String MAX_AGE_MILLIS = "maxAgeMillis";
    public static final String LOG_EVENTS = "logEvents";
    /** {@code 1}: a strict parser has read the JSON arguments already. */
    public static final String CHECKED = "checked";

    /** {@code 0}: no webhook is told of anything. */
    public static final String WEBHOOKS = "webhooks";
    /** How many events may wait for webhooks to be told. */
    public static final String OUTBOX_EVENTS = "outboxEvents";

    public static final String PROGRESS_INTERVAL_MILLIS = "progressIntervalMillis";

    /** {@code 0}: the caller publishes {@link #published} itself, once replicas have the change. */
    public static final String PUBLISH = "publish";

    /** How each error of the script's own begins: the arguments or the record are wrong, and nothing was written. */
    public static final String ERROR_PREFIX = "RINGBACK ";
    /** How the error begins that means that the stored record is not readable. */
    public static final String DAMAGED_PREFIX = ERROR_PREFIX + "damaged: ";

    /** The script itself. */
    public static final RedisScript SCRIPT = RedisScript.load(ApplyScript.class, "apply.lua");

    private ApplyScript() {}

    /** The script's text; a copy. */
    public static byte[] source() {
        return SCRIPT.source();
    }

    /** The name under which Redis knows the script once it has seen it: 40 hexadecimal digits. */
    public static String sha1() {
        return SCRIPT.sha1();
    }

    /**
     * What is published of a job: the document, marked as stored.
     *
     * @param document an object with members, as the script answers it
     */
    public static byte[] published(byte[] document) {
        byte[] prefix = JobEventReader.STORED_PREFIX;
        byte[] published = Arrays.copyOf(prefix, prefix.length + document.length - 1);
        System.arraycopy(document, 1, published, prefix.length, document.length - 1);
        return published;
    }
}
