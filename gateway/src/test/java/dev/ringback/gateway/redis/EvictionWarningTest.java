package dev.ringback.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EvictionWarningTest {
    @Test
    void evictionIsWarnedOfOnlyWhereItCanHappen() {
        assertThat(EvictionWarning.of(info(0, "noeviction"))).isNull();
        assertThat(EvictionWarning.of(info(0, "allkeys-lru"))).isNull();
        assertThat(EvictionWarning.of(info(1_000, "noeviction"))).isNull();
        assertThat(EvictionWarning.of(info(1_000, "volatile-lru"))).contains("volatile-lru", "set noeviction");
        assertThat(EvictionWarning.of("")).isNull();
    }

    private static String info(long limit, String policy) {
        return "# Memory\r\nused_memory:5\r\nmaxmemory:" + limit + "\r\nmaxmemory_human:1K\r\nmaxmemory_policy:"
                + policy + "\r\n";
    }
}
