package dev.ringback.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a configuration file holds: it is a configuration, or each mistake in it has one printable line. */
class ConfigFileFuzzTest {
    @TempDir
    static Path directory;

    private static Path file;

    @BeforeAll
    static void nameFile() {
        file = directory.resolve("gateway.yaml");
    }

    @AfterAll
    static void forgetFile() throws IOException {
        Files.deleteIfExists(file);
    }

    @FuzzTest
    @DictionaryEntries({
        "listen:\\x0A  port: ",
        "listen:\\x0A  trusted-proxies: [",
        "store:\\x0A  kind: file\\x0A",
        "auth:\\x0A  tokens:\\x0A    - {token: ",
        "owner: a, role: client}",
        "limits:\\x0A  body-bytes: ",
        "redis:\\x0A  uri: redis://",
        "websocket:\\x0A  origins: [\\x22https://a\\x22]",
        "30s",
        "64KiB",
        "&a ",
        "*a",
        "!!binary ",
        "<<: ",
        "---\\x0A",
        "? "
    })
    void fileIsAConfigurationOrRefusedLineByLine(byte[] input) {
        write(input);
        GatewayConfig config;
        try {
            config = ConfigLoader.load(file, Map.of(), List.of());
        } catch (ConfigException mistakes) {
            assertThat(mistakes.problems())
                    .isNotEmpty()
                    .allMatch(problem -> problem.startsWith("gateway.yaml:"))
                    .noneMatch(problem -> problem.chars().anyMatch(Character::isISOControl));
            return;
        }
        assertThat(ConfigLoader.warnings(config))
                .noneMatch(warning -> warning.chars().anyMatch(Character::isISOControl));
        assertThat(ConfigLoader.describe(config).lines())
                .hasSameSizeAs(
                        ConfigLoader.describe(GatewayConfig.defaults()).lines().toList());
    }

    private static void write(byte[] input) {
        try {
            Files.write(file, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
