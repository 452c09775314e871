package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The name of a job: 1 to 128 characters of {@code [A-Za-z0-9._~:-]}. Immutable; kept as ASCII bytes because that is how it
 * arrives and leaves.
 */
public final class JobId {
    public static final int MAX_LENGTH = 128;

    /**
     * Redis channels and record keys are this and the id. One such prefix is dropped wherever an id is read, so no id begins with
     * it: read again, it would be another's.
     */
    static final String PREFIX = "job:";

    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int TIME_CHARACTERS = 10;
    private static final int RANDOM_CHARACTERS = 25;
    private static final int DIGEST_CHARACTERS = 32;
    private static final int BITS = 5;
    private static final boolean[] ALLOWED = allowed();

    private final byte[] ascii;
    private final int hash;

    private JobId(byte[] ascii) {
        this.ascii = ascii;
        this.hash = spread(Arrays.hashCode(ascii));
    }

    /** Reads an id, dropping one leading {@code job:}; null where the text is no job id. */
    public static @Nullable JobId parse(String text) {
        int from = text.startsWith(PREFIX) ? PREFIX.length() : 0;
        int length = text.length() - from;
        if (length < 1 || length > MAX_LENGTH || text.startsWith(PREFIX, from)) {
            return null;
        }
        byte[] ascii = new byte[length];
        for (int i = 0; i < length; i++) {
            char c = text.charAt(from + i);
            if (c >= ALLOWED.length || !ALLOWED[c]) {
                return null;
            }
            ascii[i] = (byte) c;
        }
        return new JobId(ascii);
    }

    /**
     * Reads an id that the caller knows to be well formed.
     *
     * @throws IllegalArgumentException where it is not
     */
    public static JobId of(String text) {
        JobId id = parse(text);
        if (id == null) {
            throw new IllegalArgumentException("not a job id: " + text);
        }
        return id;
    }

    /** Reads the id out of the channel {@code job:<id>} from the buffer's position on; null where the channel is not a job's. */
    public static @Nullable JobId fromChannel(ByteBuffer channel) {
        int length = channel.remaining() - PREFIX.length();
        if (length < 1 || length > MAX_LENGTH) {
            return null;
        }
        int start = channel.position();
        if (!isPrefixAt(channel, start) || isPrefixAt(channel, start + PREFIX.length())) {
            return null;
        }
        byte[] ascii = new byte[length];
        channel.get(start + PREFIX.length(), ascii);
        for (byte b : ascii) {
            if (b < 0 || !ALLOWED[b]) {
                return null;
            }
        }
        return new JobId(ascii);
    }

    private static boolean isPrefixAt(ByteBuffer channel, int at) {
        if (channel.limit() - at < PREFIX.length()) {
            return false;
        }
        for (int i = 0; i < PREFIX.length(); i++) {
            if (channel.get(at + i) != PREFIX.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** A new id: 48 bits of time, so that ids sort by age, and 125 unguessable bits, in Crockford's base 32 as ULIDs are. */
    public static JobId random(long epochMillis, SecureRandom random) {
        byte[] ascii = new byte[TIME_CHARACTERS + RANDOM_CHARACTERS];
        for (int i = 0; i < TIME_CHARACTERS; i++) {
            int shift = 5 * (TIME_CHARACTERS - 1 - i);
            ascii[i] = (byte) CROCKFORD.charAt((int) (epochMillis >>> shift) & 31);
        }
        byte[] secret = new byte[RANDOM_CHARACTERS];
        random.nextBytes(secret);
        for (int i = 0; i < RANDOM_CHARACTERS; i++) {
            ascii[TIME_CHARACTERS + i] = (byte) CROCKFORD.charAt(secret[i] & 31);
        }
        return new JobId(ascii);
    }

    /**
     * An id out of a digest's first 160 bits, in Crockford's base 32.
     *
     * @throws ArrayIndexOutOfBoundsException where the digest has fewer than 20 bytes
     */
    public static JobId fromDigest(byte[] digest) {
        byte[] ascii = new byte[DIGEST_CHARACTERS];
        int bits = 0;
        int held = 0;
        int from = 0;
        for (int i = 0; i < DIGEST_CHARACTERS; i++) {
            if (held < BITS) {
                bits = bits << Byte.SIZE | digest[from++] & 0xff;
                held += Byte.SIZE;
            }
            held -= BITS;
            ascii[i] = (byte) CROCKFORD.charAt(bits >>> held & 31);
        }
        return new JobId(ascii);
    }

    /** The channel that carries this job's events and the key of its record: {@code job:<id>}. */
    public byte[] channel() {
        byte[] channel = new byte[PREFIX.length() + ascii.length];
        for (int i = 0; i < PREFIX.length(); i++) {
            channel[i] = (byte) PREFIX.charAt(i);
        }
        System.arraycopy(ascii, 0, channel, PREFIX.length(), ascii.length);
        return channel;
    }

    /** True where the text's bytes from here to there are this id's characters. */
    boolean isSpelled(byte[] text, int from, int to) {
        return Arrays.equals(ascii, 0, ascii.length, text, from, to);
    }

    public int length() {
        return ascii.length;
    }

    /** Appends the id's characters; none of them needs escaping in JSON or in a URL's path. */
    public void writeTo(ByteBuf out) {
        out.writeBytes(ascii);
    }

    void writeTo(JsonWriter out) {
        out.raw(ascii);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JobId that && hash == that.hash && Arrays.equals(ascii, that.ascii);
    }

    /** Well mixed in all bits: shards take it modulo their number and maps take its low bits. */
    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return new String(ascii, ISO_8859_1);
    }

    /** The finalizer of MurmurHash3: each input bit reaches each output bit. */
    private static int spread(int h) {
        int mixed = (h ^ (h >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }

    private static boolean[] allowed() {
        boolean[] allowed = new boolean[128];
        for (char c = 0; c < allowed.length; c++) {
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            allowed[c] = letter || (c >= '0' && c <= '9') || "._~:-".indexOf(c) >= 0;
        }
        return allowed;
    }
}
