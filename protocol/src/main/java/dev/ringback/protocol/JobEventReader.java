package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what arrives on a job's Redis channel. A stored event is the job's document with {@code "rb":1} as its first member;
 * anything else is plain.
 */
public final class JobEventReader {
    static final byte[] STORED_PREFIX = "{\"rb\":1,".getBytes(ISO_8859_1);

    private static final JobState[] STATES = JobState.values();

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
        JsonScanner member = new JsonScanner(message);
        boolean stored = false;
        try {
            while (member.next()) {
                if (member.isNamed("rb")) {
                    stored = member.integer() == 1;
                }
            }
        } catch (InvalidDocumentException e) {
            return stored;
        }
        return stored;
    }

    /**
     * Reads a job's document as the store keeps it; the bytes become the event's.
     *
     * @throws InvalidDocumentException where it is no job's document, or another job's
     */
    public static JobEvent document(JobId id, byte[] document) throws InvalidDocumentException {
        boolean ofThisJob = false;
        String incarnation = "";
        long version = 0;
        JobState state = null;
        boolean hasProgress = false;
        JsonScanner member = new JsonScanner(document);
        JsonMembers.Value value = new JsonMembers.Value(member);
        while (member.next()) {
            if (member.isNamed("jobId")) {
                ofThisJob = isOf(id, member, value);
            } else if (member.isNamed("incarnation")) {
                incarnation = value.string();
            } else if (member.isNamed("version")) {
                version = value.integer(1, Long.MAX_VALUE);
            } else if (member.isNamed("status")) {
                state = state(member, value);
            } else if (member.isNamed("progress")) {
                hasProgress = !value.isNull();
            }
        }
        if (!ofThisJob) {
            throw new InvalidDocumentException("\"jobId\" is not the channel's");
        }
        if (!Cursor.isIncarnation(incarnation)) {
            throw new InvalidDocumentException("\"incarnation\" is missing or malformed");
        }
        if (version == 0 || state == null) {
            throw new InvalidDocumentException("\"version\" or \"status\" is missing");
        }
        return new JobEvent(id, incarnation, version, state, hasProgress, JsonScanner.unmarked(document));
    }

    private static boolean isOf(JobId id, JsonScanner member, JsonMembers.Value value) throws InvalidDocumentException {
        return member.isPlainly(id) || id.equals(JobId.parse(value.string()));
    }

    /** Our own spellings are known without making a string of them. */
    private static @Nullable JobState state(JsonScanner member, JsonMembers.Value value)
            throws InvalidDocumentException {
        for (JobState state : STATES) {
            if (member.isPlainly(state.wireName())) {
                return state;
            }
        }
        return JobState.parse(value.string());
    }

    private static boolean startsWithPrefix(byte[] message) {
        int length = STORED_PREFIX.length;
        return message.length > length && Arrays.equals(message, 0, length, STORED_PREFIX, 0, length);
    }
}
