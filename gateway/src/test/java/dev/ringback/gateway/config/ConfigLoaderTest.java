package dev.ringback.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.config.AuthConfig.Role;
import dev.ringback.gateway.config.AuthConfig.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigLoaderTest {

    @TempDir
    Path directory;

    @Test
    void commandLineWinsOverEnvironmentOverFileOverDefault() throws IOException {
        Path file = file("hub: {shards: 1, linger: 1s, topics-per-shard: 1}");
        Map<String, String> environment = Map.of("RINGBACK_HUB_LINGER", "2s", "RINGBACK_HUB_TOPICS_PER_SHARD", "2");

        HubConfig hub = ConfigLoader.load(file, environment, List.of("hub.topics-per-shard=3"))
                .hub();

        assertThat(hub.shards()).isEqualTo(1);
        assertThat(hub.linger()).isEqualTo(Duration.ofSeconds(2));
        assertThat(hub.topicsPerShard()).isEqualTo(3);
        assertThat(hub.sweepInterval()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void laterSettingWinsOverEarlier() {
        assertThat(GatewayConfig.of("listen.port=1", "listen.port=2").listen().port())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "# nothing\n", "---\n", "~", "{}", "\uFEFF", "listen:\nhub:\n", "\uFEFFhub: {}\r\n"})
    void fileThatSetsNothingGivesTheDefaults(String yaml) throws IOException {
        assertThat(ConfigLoader.load(file(yaml), Map.of(), List.of())).isEqualTo(GatewayConfig.defaults());
    }

    @Test
    void defaultsAreWhatTheDocumentationSays() {
        GatewayConfig config = GatewayConfig.defaults();

        assertThat(config.listen())
                .isEqualTo(new ListenConfig(
                        "127.0.0.1",
                        8080,
                        ListenConfig.Transport.AUTO,
                        0,
                        4096,
                        List.of(),
                        ListenConfig.ForwardedHeader.X_FORWARDED_FOR,
                        0));
        assertThat(config.limits().inlineResultBytes()).isEqualTo(32 * 1024);
        assertThat(config.limits().headerBytes()).isEqualTo(16 * 1024);
        assertThat(config.jobs().tombstoneTtl()).isEqualTo(Duration.ofHours(24));
        assertThat(config.jobs().autoCreate()).isTrue();
    }

    @Test
    void listsComeAsYamlInTheFileAndWithCommasElsewhere() throws IOException {
        Path file = file("listen:\n  trusted-proxies:\n    - 10.0.0.0/8\n    - \"::1\"\n");
        List<String> expected = List.of("10.0.0.0/8", "::1");

        assertThat(ConfigLoader.load(file, Map.of(), List.of()).listen().trustedProxies())
                .isEqualTo(expected);
        assertThat(GatewayConfig.of("listen.trusted-proxies=10.0.0.0/8, ::1")
                        .listen()
                        .trustedProxies())
                .isEqualTo(expected);
        assertThat(GatewayConfig.of("listen.trusted-proxies=[10.0.0.0/8, \"::1\"]")
                        .listen()
                        .trustedProxies())
                .isEqualTo(expected);
        assertThat(ConfigLoader.load(file, Map.of("RINGBACK_LISTEN_TRUSTED_PROXIES", ""), List.of())
                        .listen()
                        .trustedProxies())
                .isEmpty();
    }

    @Test
    void tokensComeFromTheFileOrTheEnvironment() throws IOException {
        String tokens = "[{token: 0123456789abcdef, owner: shop, role: client},"
                + " {role: worker, owner: mill, token: \"*#{}: ~!@x0123456789\"}]";
        List<Token> expected = List.of(
                new Token("0123456789abcdef", "shop", Role.CLIENT),
                new Token("*#{}:~!@x0123456789", "mill", Role.WORKER));
        tokens = tokens.replace(": ~", ":~");

        assertThat(ConfigLoader.load(file("auth:\n  mode: tokens\n  tokens: " + tokens), Map.of(), List.of())
                        .auth()
                        .tokens())
                .isEqualTo(expected);
        assertThat(ConfigLoader.load(null, Map.of("RINGBACK_AUTH_TOKENS", tokens), List.of())
                        .auth()
                        .tokens())
                .isEqualTo(expected);
    }

    @Test
    void variablesOfOthersAreLeftAlone() {
        Map<String, String> environment = Map.of(
                "PATH", "/bin",
                "RINGBACK", "x",
                "RINGBACK_JAVA", "java",
                "RINGBACK_JAVA_OPTS", "-Xmx1g",
                "RINGBACK_SERVICE_HOST", "10.0.0.1",
                "RINGBACK_GATEWAY_SERVICE_PORT_HTTP", "8080",
                "RINGBACK_PORT", "tcp://10.0.0.1:8080",
                "RINGBACK_PORT_8080_TCP_ADDR", "10.0.0.1",
                "RINGBACK_REDIS_PORT", "tcp://10.0.0.2:6379",
                "RINGBACK_LISTEN_PORT", "tcp://[fd00::2]:80");

        assertThat(ConfigLoader.load(null, environment, List.of())).isEqualTo(GatewayConfig.defaults());
    }

    @Test
    void everyKeyHasAVariableOfItsOwn() {
        assertThat(Keys.all().values().stream().map(Key::variable)).doesNotHaveDuplicates();
    }

    @Test
    void automaticChoicesFollowTheStore() {
        GatewayConfig config = GatewayConfig.defaults();

        assertThat(config.jobs().resolveUnknown(StoreConfig.Kind.MEMORY)).isEqualTo(JobsConfig.Unknown.NOT_FOUND);
        assertThat(config.jobs().resolveUnknown(StoreConfig.Kind.REDIS)).isEqualTo(JobsConfig.Unknown.WAIT);
        assertThat(GatewayConfig.of("jobs.unknown=wait").jobs().resolveUnknown(StoreConfig.Kind.MEMORY))
                .isEqualTo(JobsConfig.Unknown.WAIT);
        assertThat(config.demo().resolve(StoreConfig.Kind.MEMORY)).isTrue();
        assertThat(config.demo().resolve(StoreConfig.Kind.REDIS)).isFalse();
        assertThat(GatewayConfig.of("demo.enabled=true").demo().resolve(StoreConfig.Kind.REDIS))
                .isTrue();
        assertThat(GatewayConfig.of("demo.enabled=false").demo().resolve(StoreConfig.Kind.MEMORY))
                .isFalse();
    }

    @Test
    void withReplacesTheSectionOfTheGivenType() {
        DrainConfig drain = new DrainConfig(Duration.ZERO, Duration.ofSeconds(1));

        GatewayConfig config = GatewayConfig.of("hub.shards=7").with(drain);

        assertThat(config.drain()).isEqualTo(drain);
        assertThat(config.hub().shards()).isEqualTo(7);
    }

    @Test
    void recordWithAValueOutOfRangeCannotBeMade() {
        assertThatThrownBy(() -> new AdminConfig("127.0.0.1", 65536, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("admin.port = 65536: out of range; allowed: 0 to 65535");
        assertThatThrownBy(() -> new DrainConfig(Duration.ofSeconds(-1), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void warningsNameWhatIsAllowedButOpen() {
        assertThat(ConfigLoader.warnings(GatewayConfig.defaults())).isEmpty();
        assertThat(ConfigLoader.warnings(GatewayConfig.of(
                        "listen.host=0.0.0.0",
                        "auth.allow-anonymous=true",
                        "auth.tokens=[{token: 0123456789abcdef, owner: shop, role: client}]",
                        "admin.host=::",
                        "websocket.origins=*")))
                .containsExactly(
                        "auth.allow-anonymous = true: anyone who reaches 0.0.0.0 may read, make and move every job",
                        "auth.mode = none: auth.tokens is not looked at",
                        "admin.host = ::: the admin port asks nobody who they are",
                        "websocket.origins = *: any web page may connect in its visitor's name");
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("gateway.yaml"), yaml);
    }
}
