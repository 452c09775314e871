package dev.ringback.loadtest.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @Test
    void hostAndPortAreTakenFromTheUrl() {
        assertThat(Target.parse("http://127.0.0.1:9080")).isEqualTo(new Target("127.0.0.1", 9080));
        assertThat(Target.parse("http://gateway.example/")).isEqualTo(new Target("gateway.example", 80));
    }

    @Test
    void anIpv6AddressLosesItsBracketsAndGetsThemBack() {
        Target target = Target.parse("http://[::1]:8080");
        assertThat(target).isEqualTo(new Target("::1", 8080));
        assertThat(target).hasToString("http://[::1]:8080");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "127.0.0.1:8080", "https://127.0.0.1", "http://host/path", "http://host?x", "http://a b"})
    void anythingElseIsRefused(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> Target.parse(url)).withMessageContaining(url);
    }
}
