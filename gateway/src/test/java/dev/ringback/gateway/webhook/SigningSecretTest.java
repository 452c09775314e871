package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.store.Hmac;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningSecretTest {
    private static String text(int bytes) {
        return "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 25, 32, 64})
    void secretsOf24To64BytesAreTakenAndWrittenAsTheyWere(int bytes) {
        SigningSecret secret = SigningSecret.parse(text(bytes));
        assertThat(secret).isNotNull();
        assertThat(secret.key()).hasSize(bytes);
        assertThat(secret.text()).isEqualTo(text(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "whsec_",
                "WHSEC_AgICAgICAgICAgICAgICAgICAgICAgIC",
                "AgICAgICAgICAgICAgICAgICAgICAgIC",
                "whsec_ AgICAgICAgICAgICAgICAgICAgICAgIC",
                "whsec_not base64 at all, but long enough",
                "whsec_AgICAgICAgICAgICAgICAgICAgICAgI*"
            })
    void whatIsWrittenOtherwiseIsNone(String text) {
        assertThat(SigningSecret.parse(text)).isNull();
    }

    @Test
    void shorterAndLongerOnesAreNone() {
        assertThat(SigningSecret.parse(text(23))).isNull();
        assertThat(SigningSecret.parse(text(65))).isNull();
        assertThatThrownBy(() -> new SigningSecret(new byte[23])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SigningSecret(new byte[65])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void newOnesDifferAndCanBeRead() {
        SecureRandom random = new SecureRandom();
        SigningSecret one = SigningSecret.random(random);
        assertThat(one.text()).isNotEqualTo(SigningSecret.random(random).text());
        assertThat(SigningSecret.parse(one.text()).key()).isEqualTo(one.key());
    }

    @Test
    void signatureIsHmacSha256() {
        byte[] signature = Hmac.of(
                "Jefe".getBytes(US_ASCII), "what do ya want ".getBytes(US_ASCII), "for nothing?".getBytes(US_ASCII));
        assertThat(HexFormat.of().formatHex(signature))
                .as("RFC 4231, test case 2")
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void secretIsNotInItsDescription() {
        SigningSecret secret = SigningSecret.random(new SecureRandom());
        assertThat(secret.toString())
                .doesNotContain(secret.text().substring(6, 12))
                .contains("32 bytes");
        assertThat(new WebhookEndpoint.Signer(secret, 0).toString())
                .doesNotContain(secret.text().substring(6));
    }
}
