package dev.ringback.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.ConfigNode.Entry;
import dev.ringback.gateway.config.ConfigNode.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files in {@code config/} that operators copy. */
final class ConfigFilesTest {

    private static final Path DIRECTORY = Path.of("..", "config");
    private static final Path GATEWAY = DIRECTORY.resolve("gateway.yaml");

    @Test
    void gatewayYamlListsEveryKeyOnceInOrder() throws Exception {
        List<String> paths = new ArrayList<>();
        for (Entry section : entries(root(GATEWAY))) {
            entries(section.value()).forEach(key -> paths.add(section.key() + "." + key.key()));
        }

        assertThat(paths).containsExactlyElementsOf(Keys.all().keySet());
    }

    @Test
    void everyValueInGatewayYamlIsTheDefaultAsTheCodeSpellsIt() throws Exception {
        for (Entry section : entries(root(GATEWAY))) {
            for (Entry entry : entries(section.value())) {
                String path = section.key() + "." + entry.key();
                assertThat(spelled(entry.value())).as(path).isEqualTo(defaultOf(key(path)));
            }
        }
        assertThat(ConfigLoader.load(GATEWAY, Map.of(), List.of())).isEqualTo(GatewayConfig.defaults());
    }

    @ParameterizedTest
    @MethodSource("files")
    void commentOfEveryKeyEndsWithItsDefaultAndItsRange(Path file) throws Exception {
        List<String> lines = Files.readAllLines(file);
        for (Entry section : entries(root(file))) {
            for (Entry entry : entries(section.value())) {
                Key key = key(section.key() + "." + entry.key());
                boolean isFreeText = key.type() instanceof TextType;
                boolean isList = key.type() instanceof ListType || key.type() instanceof TokenListType;
                String range = isFreeText || isList ? "" : "; " + key.type().allowed();
                assertThat(lines.get(entry.line() - 2))
                        .as(key.path())
                        .isEqualTo("  # Default " + defaultOf(key) + range + ".");
                assertThat(lines.get(entry.line() - 3)).as(key.path()).startsWith("  # ");
            }
        }
    }

    @Test
    void redisYamlDiffersInTheStoreOnly() {
        GatewayConfig config = ConfigLoader.load(DIRECTORY.resolve("redis.yaml"), Map.of(), List.of());

        assertThat(config).isEqualTo(GatewayConfig.of("store.kind=redis"));
        assertThat(ConfigLoader.check(DIRECTORY.resolve("redis.yaml"))).isEmpty();
    }

    @Test
    void redisSentinelYamlWaitsForAllItsReplicas() {
        Path file = DIRECTORY.resolve("redis-sentinel.yaml");
        GatewayConfig config = ConfigLoader.load(file, Map.of(), List.of());

        assertThat(config.store().durability()).isEqualTo(StoreConfig.Durability.REPLICATED);
        assertThat(config.store().replicas()).isEqualTo(2);
        assertThat(ConfigLoader.check(file)).isEmpty();
    }

    static Stream<Path> files() {
        return Stream.of(GATEWAY, DIRECTORY.resolve("redis.yaml"), DIRECTORY.resolve("redis-sentinel.yaml"));
    }

    private static String spelled(ConfigNode node) {
        if (node instanceof ConfigNode.Scalar scalar) {
            return scalar.text();
        }
        return node instanceof ConfigNode.Sequence list
                ? list.items().stream().map(ConfigFilesTest::spelled).collect(Collectors.joining(", ", "[", "]"))
                : node.outline();
    }

    private static String defaultOf(Key key) {
        String text = Objects.requireNonNull(key.component().getAnnotation(Setting.class))
                .value();
        return text.isEmpty() ? "[]" : text;
    }

    private static Key key(String path) {
        return Objects.requireNonNull(Keys.all().get(path), path);
    }

    private static ConfigNode root(Path file) throws IOException, YamlDocument.MalformedException {
        return Objects.requireNonNull(YamlDocument.parse(Files.readString(file)));
    }

    private static List<Entry> entries(ConfigNode node) {
        return ((Mapping) node).entries();
    }
}
