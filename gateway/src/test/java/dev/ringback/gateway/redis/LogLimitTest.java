package dev.ringback.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogLimitTest {
    private static final long START = Long.MAX_VALUE - 5;

    @Test
    void oneLineIsWrittenInAWhileAndTheOthersAreCounted() {
        LogLimit limit = new LogLimit(START, 10);

        assertThat(limit.permits(START)).isTrue();
        assertThat(limit.permits(START + 1)).isFalse();
        assertThat(limit.permits(START + TimeUnit.SECONDS.toNanos(10) - 1)).isFalse();
        assertThat(limit.permits(START + TimeUnit.SECONDS.toNanos(10))).isTrue();
        assertThat(limit.suppressed()).isEqualTo(2);
        assertThat(limit.suppressed()).isZero();
    }
}
