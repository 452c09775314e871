package dev.ringback.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

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

    public static final String INPUT = "input";
    public static final String PRIORITY = "priority";
    public static final String WEBHOOK = "webhook";
    public static final String CORRELATION_ID = "correlationId";
    public static final String TTL_MILLIS = "ttlMillis";
    /** The failed job that the submitted one tries again. */
    public static final String ORIGINAL_JOB_ID = "originalJobId";

    public static final String FINGERPRINT = "fingerprint";

    public static final String INLINE_BYTES = "inlineBytes";
    public static final String RESULT_TTL_MILLIS = "resultTtlMillis";
    public static final String TOMBSTONE_MILLIS = "tombstoneMillis";
    public static final String MAX_AGE_MILLIS = "maxAgeMillis";
    public static final String LOG_EVENTS = "logEvents";
    /** {@code 1}: a strict parser has read the JSON arguments already. */
    public static final String CHECKED = "checked";

    /** {@code 0}: the caller publishes {@link #published} itself, once replicas have the change. */
    public static final String PUBLISH = "publish";

    /** How each error of the script's own begins: the arguments or the record are wrong, and nothing was written. */
    public static final String ERROR_PREFIX = "RINGBACK ";
    /** How the error begins that means that the stored record is not readable. */
    public static final String DAMAGED_PREFIX = ERROR_PREFIX + "damaged: ";

    private static final byte[] SOURCE = load();
    private static final String SHA1 = sha1(SOURCE);

    private ApplyScript() {}

    /** The script's text; a copy. */
    public static byte[] source() {
        return SOURCE.clone();
    }

    /** The name under which Redis knows the script once it has seen it: 40 hexadecimal digits. */
    public static String sha1() {
        return SHA1;
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

    private static byte[] load() {
        try (InputStream in = ApplyScript.class.getResourceAsStream("apply.lua")) {
            if (in == null) {
                throw new IllegalStateException("apply.lua is missing beside " + ApplyScript.class.getName());
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(byte[] source) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
