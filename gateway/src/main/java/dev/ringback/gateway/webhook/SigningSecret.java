package dev.ringback.gateway.webhook;

import dev.ringback.gateway.store.Hmac;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A key that the gateway and a receiver share, {@code whsec_} and base64 (Standard Webhooks 1.0).
 *
 * @param key {@value #MIN_BYTES} to {@value #MAX_BYTES} bytes, not to be changed
 */
public record SigningSecret(byte[] key) {
    public static final int MIN_BYTES = 24;
    public static final int MAX_BYTES = 64;

    private static final String PREFIX = "whsec_";
    private static final int NEW_BYTES = 32;

    public SigningSecret {
        if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
            throw new IllegalArgumentException("a signing secret of " + key.length + " bytes");
        }
    }

    /** A new one that nobody can guess. */
    public static SigningSecret random(SecureRandom random) {
        byte[] key = new byte[NEW_BYTES];
        random.nextBytes(key);
        return new SigningSecret(key);
    }

    /** The secret that is written so; null where the text is none. */
    public static @Nullable SigningSecret parse(String text) {
        if (!text.startsWith(PREFIX)) {
            return null;
        }
        try {
            byte[] key = Base64.getDecoder().decode(text.substring(PREFIX.length()));
            boolean fits = key.length >= MIN_BYTES && key.length <= MAX_BYTES;
            // Only as it is written back (RFC 4648, section 3.5): receivers may take the text itself for the key.
            return fits && new SigningSecret(key).text().equals(text) ? new SigningSecret(key) : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    /** As receivers are given it. */
    public String text() {
        return PREFIX + Base64.getEncoder().encodeToString(key);
    }

    /** HMAC-SHA256 of these bytes under the key. */
    byte[] sign(byte[]... parts) {
        return Hmac.of(key, parts);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "SigningSecret[" + key.length + " bytes]";
    }
}
