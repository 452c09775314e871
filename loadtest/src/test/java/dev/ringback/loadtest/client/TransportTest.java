package dev.ringback.loadtest.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransportTest {
    @ParameterizedTest
    @EnumSource
    void everySpellingIsReadBack(Transport transport) {
        assertThat(Transport.parse(transport.spelling())).isEqualTo(transport);
    }

    @Test
    void anUnknownSpellingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Transport.parse("LONG_POLL"));
    }

    @Test
    void allMeansEveryTransport() {
        assertThat(new Transport.Choice.Converter().convert("all").transports()).containsExactly(Transport.values());
        assertThat(new Transport.Choice.Converter().convert("sse").transports()).containsExactly(Transport.SSE);
    }
}
