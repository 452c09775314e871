package dev.ringback.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SyntaxTest {

    @ParameterizedTest
    @CsvSource({
        "0s, 0, 0s",
        "500ms, 500, 500ms",
        "1000ms, 1000, 1s",
        "30s, 30000, 30s",
        "90s, 90000, 90s",
        "60s, 60000, 1m",
        "5m, 300000, 5m",
        "24h, 86400000, 24h",
        "1d, 86400000, 24h",
        "7d, 604800000, 7d",
        "25h, 90000000, 25h",
        "1500ms, 1500, 1500ms"
    })
    void durationsAreReadAndWritten(String text, long millis, String rendered) throws InvalidValueException {
        Duration duration = new TimeSpan().parse(text);

        assertThat(duration.toMillis()).isEqualTo(millis);
        assertThat(new TimeSpan().render(duration)).isEqualTo(rendered);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "0B, 0, 0",
        "123, 123, 123B",
        "123B, 123, 123B",
        "1024, 1024, 1KiB",
        "64KiB, 65536, 64KiB",
        "1MiB, 1048576, 1MiB",
        "1GiB, 1073741824, 1GiB",
        "2TiB, 2199023255552, 2TiB",
        "1536KiB, 1572864, 1536KiB",
        "2048TiB, 2251799813685248, 2048TiB"
    })
    void sizesAreReadAndWritten(String text, long bytes, String rendered) throws InvalidValueException {
        Long size = new ByteSize().parse(text);

        assertThat(size).isEqualTo(bytes);
        assertThat(new ByteSize().render(size)).isEqualTo(rendered);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/8",
                "0.0.0.0/0",
                "192.168.1.7",
                "192.168.1.7/32",
                "::1",
                "fd00::/8",
                "2001:db8::1/128",
                "::/0"
            })
    void rangesOfAddresses(String text) {
        assertThat(Format.ADDRESS_RANGE.accepts(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10/8",
                "10.0.0/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "010.0.0.1",
                "10.0.0.0/8/8",
                "256.0.0.1",
                "localhost",
                "example.org/8",
                "fd00::/129",
                ":::",
                "1::2::3",
                "fe80::1%eth0",
                "cafe",
                "1.2.3.4.5",
                "::1.2.3",
                " 10.0.0.1",
                "10.0.0.1 "
            })
    void whatIsNoRangeOfAddresses(String text) {
        assertThat(Format.ADDRESS_RANGE.accepts(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "0.0.0.0",
                "::",
                "a",
                "gateway-1.example",
                "my_host",
                "10.example",
                "fe80::1%eth0",
                "a.b.c"
            })
    void hosts(String text) {
        assertThat(Format.HOST.accepts(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a.",
                "a..b",
                "-a",
                "a-",
                "[::1]",
                "*",
                "127.1",
                "1",
                "1.2.3.4.5",
                "a b",
                "http://a",
                "a:80",
                "ä"
            })
    void whatIsNoHost(String text) {
        assertThat(Format.HOST.accepts(text)).isFalse();
        assertThat(Format.HOST.accepts("a".repeat(64))).isFalse();
        assertThat(Format.HOST.accepts("abc.".repeat(64) + "d")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "https://app.example",
                "http://localhost:3000",
                "http://[::1]:8080",
                "https://app.example:80",
                "capacitor://localhost",
                "chrome-extension://abcdefgh"
            })
    void origins(String text) {
        assertThat(Format.ORIGIN.accepts(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "app.example", "https://", "https://app.example/", "https://App.example", "https://app.example:443",
                "http://app.example:80", "https://app.example/x", "https://*.example", "null", "https://a b",
                        "https://a:0"
            })
    void whatIsNoOrigin(String text) {
        assertThat(Format.ORIGIN.accepts(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://127.0.0.1:6379",
                "rediss://user:p%40ss@db.example:6380/0",
                "redis://:secret@db",
                "redis://my_redis",
                "redis-sentinel://a:26379,b:26379/0#main",
                "redis-socket:///run/redis.sock",
                "redis://[::1]:6379"
            })
    void redisUris(String text) {
        assertThat(Format.REDIS_URI.accepts(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "redis",
                "127.0.0.1:6379",
                "redis://",
                "redis://:x@",
                "http://db",
                "redis://a b",
                "redis-socket://"
            })
    void whatIsNoRedisUri(String text) {
        assertThat(Format.REDIS_URI.accepts(text)).isFalse();
    }

    @Test
    void credentialsOfARedisUriAreMaskedWhateverTheyContain() {
        assertThat(Redaction.redisUri("redis://db:6379/1")).isEqualTo("redis://db:6379/1");
        assertThat(Redaction.redisUri("redis://secret@db")).isEqualTo("redis://***@db");
        assertThat(Redaction.redisUri("redis://u:a@b/c?d@db")).isEqualTo("redis://***@db");
        assertThat(Redaction.redisUri("secret")).isEqualTo("***");
    }

    @Test
    void distanceCountsSlips() {
        assertThat(Spelling.distance("port", "port")).isZero();
        assertThat(Spelling.distance("prot", "port")).isEqualTo(1);
        assertThat(Spelling.distance("", "port")).isEqualTo(4);
        assertThat(Spelling.distance("sitting", "kitten")).isEqualTo(3);
    }
}
