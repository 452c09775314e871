package dev.ringback.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The text of a script that Redis runs, and the name under which Redis knows it once it has seen it. */
public final class RedisScript {
    private final byte[] source;
    private final String sha1;

    private RedisScript(byte[] source) {
        this.source = source;
        this.sha1 = sha1(source);
    }

    /**
     * @param name of a file beside this class
     */
    public static RedisScript load(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + beside.getName());
            }
            return new RedisScript(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The script's text; a copy. */
    public byte[] source() {
        return source.clone();
    }

    /** 40 hexadecimal digits. */
    public String sha1() {
        return sha1;
    }

    private static String sha1(byte[] source) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
