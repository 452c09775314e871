package dev.ringback.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.config.RedisConfig;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisURI;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisAddressTest {
    @ParameterizedTest
    @CsvSource({
        "redis://user:s3cret@cache.example:6380/2,Redis at cache.example:6380",
        "rediss://:s3cret@10.0.0.1,Redis at 10.0.0.1:6379",
        "redis://:s3cret@[::1]:7000,Redis at [::1]:7000",
        "redis-socket:///run/redis.sock,Redis at /run/redis.sock",
    })
    void placeIsSaidWithoutCredentials(String uri, String words) {
        assertThat(new RedisAddress(RedisURI.create(uri))).hasToString(words);
    }

    @Test
    void sentinelsAreNamedWithTheirMaster() {
        RedisURI uri = RedisURI.create("redis-sentinel://s3cret@a:26379,b:26380/0#mymaster");

        assertThat(new RedisAddress(uri)).hasToString("Redis \"mymaster\" through the sentinels a:26379, b:26380");
    }

    @Test
    void reasonIsTheRootOfTheFailureInOneLine() {
        RedisURI uri = RedisURI.create("redis://h:1");
        uri.setTimeout(Duration.ofMillis(400));
        RedisAddress address = new RedisAddress(uri);

        assertThat(address.unreachable(new RuntimeException(new ConnectException("Connection refused: h/1.2.3.4:1"))))
                .isEqualTo("cannot reach Redis at h:1: connection refused");
        assertThat(address.unreachable(new RedisCommandTimeoutException("x")))
                .isEqualTo("cannot reach Redis at h:1: no answer within 400 ms");
        assertThat(address.unreachable(new UnknownHostException("h")))
                .isEqualTo("cannot reach Redis at h:1: unknown host");
        assertThat(address.unreachable(new RedisCommandExecutionException("LOADING Redis is\r\nloading")))
                .isEqualTo("cannot reach Redis at h:1: LOADING Redis is  loading");
        assertThat(address.unreachable(new IllegalStateException("x".repeat(1_000))))
                .hasSizeLessThan(250);
    }

    @Test
    void uriThatLettuceDoesNotTakeIsNotRepeated() {
        RedisConfig config = new RedisConfig("redis://:s3cret@h:99999", true, Duration.ofSeconds(1), 16, 16);

        assertThatThrownBy(() -> LettuceOptions.uri(config, "name"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("h:99999")
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @Test
    void nameHasNoCharacterThatRedisRefuses() {
        RedisConfig config = new RedisConfig("redis://h:1", true, Duration.ofSeconds(1), 16, 16);

        assertThat(LettuceOptions.uri(config, "ringback:my gateway\n:0").getClientName())
                .isEqualTo("ringback:my_gateway_:0");
    }
}
