package dev.ringback.loadtest.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class AdminMetricsTest {
    private static final String TEXT = """
            # HELP ringback_heap_used_bytes Heap in use.
            # TYPE ringback_heap_used_bytes gauge
            ringback_heap_used_bytes 1.4171184E7
            ringback_waiting{transport="long_poll"} 0.0
            ringback_waiting{transport="sse"} 12.0
            """;

    @Test
    void aSampleIsFoundByItsNameAndLabels() throws Exception {
        assertThat(AdminMetrics.find(TEXT, "ringback_heap_used_bytes")).isEqualTo(14_171_184);
        assertThat(AdminMetrics.find(TEXT, Transport.SSE.waitingGauge())).isEqualTo(12);
        assertThat(AdminMetrics.find(TEXT, Transport.LONG_POLL.waitingGauge())).isZero();
    }

    @Test
    void aMissingSampleIsSaidByName() {
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> AdminMetrics.find(TEXT, "ringback_waiting"))
                .withMessageContaining("ringback_waiting");
    }
}
