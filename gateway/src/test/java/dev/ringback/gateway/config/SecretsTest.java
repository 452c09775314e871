package dev.ringback.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The word {@value #SECRET} stands for a secret, and must never be seen again. */
final class SecretsTest {

    private static final String SECRET = "hunter2hunter2hunter2";

    @TempDir
    Path directory;

    @Test
    void noRenderingOfAConfigurationShowsASecret() {
        GatewayConfig config = GatewayConfig.of(
                "auth.mode=tokens",
                "auth.tokens=[{token: " + SECRET + ", owner: shop, role: client}]",
                "redis.uri=rediss://user:" + SECRET + "@db.example:6380/1");

        assertThat(config.toString()).doesNotContain(SECRET).contains("shop", "db.example");
        assertThat(config.auth().toString()).doesNotContain(SECRET);
        assertThat(config.redis().toString()).doesNotContain(SECRET);
        assertThat(config.redis().redactedUri()).isEqualTo("rediss://***@db.example:6380/1");
        assertThat(ConfigLoader.warnings(config).toString()).doesNotContain(SECRET);
        assertThat(ConfigLoader.describe(config))
                .doesNotContain(SECRET)
                .contains("auth.tokens: [{token: ***, owner: shop, role: client}]\n")
                .contains("redis.uri: rediss://***@db.example:6380/1\n");
    }

    @Test
    void descriptionHasALineForEveryKeyAndReadsBackAsSettings() {
        GatewayConfig config = GatewayConfig.of(
                "listen.trusted-proxies=10.0.0.0/8,::1", "websocket.frame-bytes=129", "jobs.unknown-wait=1500ms");

        String[] settings = ConfigLoader.describe(config)
                .lines()
                .map(line -> line.replaceFirst(": ", "="))
                .toArray(String[]::new);

        assertThat(settings).hasSameSizeAs(Keys.all().keySet());
        assertThat(GatewayConfig.of(settings)).isEqualTo(config);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth: S",
                "auth: [S]",
                "auth:\n  tokens: S",
                "auth:\n  tokens: [S]",
                "auth:\n  tokens: {S: shop}",
                "auth:\n  tokens: [{S: shop}]",
                "auth:\n  tokens: [{token: S, owner: S x, role: S}]",
                "auth:\n  tokens: [{token: S, token: S}]",
                "auth:\n  tokens: [{token: [S]}]",
                "auth:\n  tokens: [{token: {S: S}}]",
                "auth:\n  tokens: [{token: S x}]",
                "auth:\n  tokens: [{token: *S}]",
                "auth:\n  tokens: [{token: &S}]",
                "auth:\n  tokens: [{token: &S S}, {token: &S S}]",
                "auth:\n  tokens: [{token: !S}]",
                "auth:\n  tokens: [{token: !S!S }]",
                "auth:\n  tokens: [{token: !<S}]",
                "auth:\n  tokens: [{token: @S}]",
                "auth:\n  tokens: [{token: %S}]",
                "auth:\n  tokens: [{token: \"S}]",
                "auth:\n  tokens: [{token: S: S}]",
                "auth:\n  tokens: [{token: S",
                "auth:\n  tokens:\n    - token: S\n     owner: x",
                "auth:\n  tokens:\n  - |S\n",
                "auth:\n  token: S",
                "auth:\n  S: shop",
                "auth:\n  S: {a: b}",
                "auth:\n  mode: tokens\n  mode: [S]",
                "auth:\n  tokns: S",
                "autth:\n  tokens: S",
                "token: S",
                "tokens: S",
                "password: S",
                "redis: S",
                "redis: redis://:S@db",
                "redis:\n  uri: S",
                "redis:\n  uri: http://:S@db",
                "redis:\n  uri: redis://:S x@db",
                "redis:\n  uri: redis://:S@",
                "redis:\n  uri: redis://S@S@db:x y",
                "redis:\n  uri: redis://:S@db\n  uri: redis://:S@db",
                "redis:\n  uri: [redis://:S@db]",
                "redis:\n  uri: {S: S}",
                "redis:\n  url: redis://:S@db",
                "redis:\n  password: S",
                "redis.uri: redis://:S@db",
                "redis-uri: redis://:S@db",
                "hub:\n  broker: amqp://me:S@mq",
                "%TAG !S! tag:S\n%TAG !S! tag:S\n---\na: b",
            })
    void noMistakeInAFileShowsASecret(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("gateway.yaml"), yaml.replace("S", SECRET));

        List<String> problems = ConfigLoader.check(file);

        assertThat(problems).isNotEmpty().noneMatch(problem -> problem.contains(SECRET.substring(0, 7)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth.tokens=S",
                "auth.tokens=[S]",
                "auth.tokens=[{token: S}",
                "auth.tokens=[{token: &S}]",
                "auth.token=S",
                "auth.S=S",
                "auth=S",
                "redis.uri=S",
                "redis.uri=redis://:S@",
                "redis.password=S",
                "redis=S",
                "S",
                "redis://:S@db",
                "secret=S",
            })
    void noMistakeOutsideAFileShowsASecret(String setting) {
        String text = setting.replace("S", SECRET);
        assertThat(messageOf(Map.of(), List.of(text))).isNotEmpty().doesNotContain("hunter");

        int equals = setting.indexOf('=');
        if (equals > 0 && setting.indexOf('S') > equals) {
            String variable = "RINGBACK_"
                    + setting.substring(0, equals)
                            .toUpperCase(java.util.Locale.ROOT)
                            .replace('.', '_');
            String value = setting.substring(equals + 1).replace("S", SECRET);
            assertThat(messageOf(Map.of(variable, value), List.of()))
                    .isNotEmpty()
                    .doesNotContain("hunter");
        }
    }

    private static String messageOf(Map<String, String> environment, List<String> settings) {
        try {
            ConfigLoader.load(null, environment, settings);
            return "";
        } catch (ConfigException mistakes) {
            return String.valueOf(mistakes.getMessage());
        }
    }
}
