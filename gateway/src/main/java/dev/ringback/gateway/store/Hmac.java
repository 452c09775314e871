package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** HMAC-SHA256 (RFC 2104). */
public final class Hmac {
    private static final String ALGORITHM = "HmacSHA256";

    private Hmac() {}

    /** Of these bytes, one part after the other. */
    public static byte[] of(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each JDK has " + ALGORITHM, e);
        }
    }

    /**
     * Of what is an owner's, under the secret of the store; the same words mean something else for another purpose or owner.
     *
     * @param secret as {@link JobStore#secret} tells it
     * @param owner null for nobody in particular
     */
    public static byte[] ofOwner(byte[] secret, String purpose, @Nullable String owner, String... words) {
        String whose = owner == null ? "-" : owner.length() + ":" + owner;
        String more = words.length == 0 ? "" : " " + String.join(" ", words);
        return of(secret, (purpose + " " + whose + more).getBytes(UTF_8));
    }
}
