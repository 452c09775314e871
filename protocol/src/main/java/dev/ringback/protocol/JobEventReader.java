package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what arrives on a job's Redis channel. A stored event is the job's document with {@code "rb":1} as its first member;
 * anything else is plain.
 */
public final class JobEventReader {
    static final byte[] STORED_PREFIX = "{\"rb\":1,".getBytes(ISO_8859_1);

    private @Nullable JobId jobId;
    private @Nullable String incarnation;
    private long version;
    private @Nullable JobState state;
    private boolean hasProgress;

    private JobEventReader() {}

    /**
     * Reads a stored event; null where the message is plain, valid or not.
     *
     * @param id the job whose channel it came on, which is to be believed before the document
     * @throws InvalidDocumentException where it claims to be stored but is no job's document
     */
    public static @Nullable JobEvent read(JobId id, byte[] message) throws InvalidDocumentException {
        if (startsWithPrefix(message)) {
            int dropped = STORED_PREFIX.length - 1;
            byte[] document = Arrays.copyOfRange(message, dropped, message.length);
            document[0] = '{';
            return document(id, document);
        }
        return claimsToBeStored(message) ? document(id, message) : null;
    }

    /** The mark may stand anywhere in a message that somebody wrote by hand; what is damaged before it can be found is plain. */
    private static boolean claimsToBeStored(byte[] message) {
        boolean[] stored = new boolean[1];
        try {
            JsonMembers.visit(message, (name, value) -> {
                if (name.equals("rb")) {
                    stored[0] = value.isNumber() && Arrays.equals(value.bytes(), new byte[] {'1'});
                }
            });
        } catch (InvalidDocumentException e) {
            return stored[0];
        }
        return stored[0];
    }

    /**
     * Reads a job's document as the store keeps it; the bytes become the event's.
     *
     * @throws InvalidDocumentException where it is no job's document, or another job's
     */
    public static JobEvent document(JobId id, byte[] document) throws InvalidDocumentException {
        JobEventReader reader = new JobEventReader();
        JsonMembers.visit(document, reader::member);
        return reader.event(id, document);
    }

    private static boolean startsWithPrefix(byte[] message) {
        int length = STORED_PREFIX.length;
        return message.length > length && Arrays.equals(message, 0, length, STORED_PREFIX, 0, length);
    }

    private void member(String name, JsonMembers.Value value) throws IOException, InvalidDocumentException {
        switch (name) {
            case "jobId" -> jobId = JobId.parse(value.string());
            case "incarnation" -> incarnation = value.string();
            case "version" -> version = value.integer(1, Long.MAX_VALUE);
            case "status" -> state = JobState.parse(value.string());
            case "progress" -> hasProgress = !value.isNull();
            default -> {
                // The rest is the caller's, relayed as it is.
            }
        }
    }

    private JobEvent event(JobId id, byte[] document) throws InvalidDocumentException {
        if (!id.equals(jobId)) {
            throw new InvalidDocumentException("\"jobId\" is not the channel's");
        }
        if (incarnation == null || !Cursor.isIncarnation(incarnation)) {
            throw new InvalidDocumentException("\"incarnation\" is missing or malformed");
        }
        if (version == 0 || state == null) {
            throw new InvalidDocumentException("\"version\" or \"status\" is missing");
        }
        return new JobEvent(id, incarnation, version, state, hasProgress, document);
    }
}
