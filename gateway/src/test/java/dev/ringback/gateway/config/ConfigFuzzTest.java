package dev.ringback.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damages {@code gateway.yaml} at random: whatever comes of it is a configuration or a {@link ConfigException}. */
final class ConfigFuzzTest {

    private static final int ROUNDS = 3_000;
    private static final List<String> INSERTED = List.of(
            "\t",
            "\n",
            "\r",
            ":",
            ": ",
            "- ",
            "*a",
            "&a ",
            "!x ",
            "!x!y ",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "'",
            "|\n",
            ">\n",
            "#",
            "%",
            "@",
            "---\n",
            "...\n",
            "? ",
            "<<: ",
            "\u0000",
            "\u0085",
            "\u2028",
            "\uFEFF",
            "\uD83D\uDE00",
            "0",
            "-1",
            "9999999999999999999",
            "ms",
            "KB",
            "~",
            "null",
            "{{{{{{{{{{");

    @TempDir
    Path directory;

    @Test
    void damagedFileLoadsOrIsRefusedWithOneLinePerMistake() throws IOException {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("ConfigFuzzTest: -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        byte[] original = Files.readAllBytes(Path.of("..", "config", "gateway.yaml"));
        Path file = directory.resolve("gateway.yaml");
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Files.write(file, damaged(original, random));
            refused += isRefused(file, "seed " + seed + ", round " + round) ? 1 : 0;
        }
        assertThat(refused).as("some of each, seed %d", seed).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
    }

    private static boolean isRefused(Path file, String round) {
        try {
            ConfigLoader.load(file, Map.of(), List.of());
            return false;
        } catch (ConfigException mistakes) {
            assertThat(mistakes.problems())
                    .as(round)
                    .isNotEmpty()
                    .allMatch(problem -> problem.startsWith("gateway.yaml:"))
                    .noneMatch(problem -> problem.chars().anyMatch(Character::isISOControl));
            return true;
        } catch (RuntimeException | Error bug) {
            throw new AssertionError(round, bug);
        }
    }

    private static byte[] damaged(byte[] original, Random random) {
        byte[] bytes = original;
        for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
            int at = random.nextInt(bytes.length);
            bytes = switch (random.nextInt(6)) {
                case 0 -> spliced(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
                case 1 -> spliced(bytes, at, 1 + random.nextInt(200), new byte[0]);
                case 2 -> spliced(bytes, at, 0, piece(original, random));
                case 3 ->
                    spliced(
                            bytes,
                            at,
                            0,
                            INSERTED.get(random.nextInt(INSERTED.size())).getBytes(StandardCharsets.UTF_8));
                case 4 -> spliced(bytes, at, 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
                default -> random.nextInt(10) == 0 ? Arrays.copyOf(bytes, at + 1) : bytes;
            };
        }
        return bytes;
    }

    private static byte[] piece(byte[] original, Random random) {
        int from = random.nextInt(original.length);
        return Arrays.copyOfRange(original, from, Math.min(original.length, from + random.nextInt(300)));
    }

    private static byte[] spliced(byte[] bytes, int at, int removed, byte[] inserted) {
        int end = Math.min(bytes.length, at + removed);
        byte[] result = Arrays.copyOf(bytes, at + inserted.length + bytes.length - end);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(bytes, end, result, at + inserted.length, bytes.length - end);
        return result;
    }
}
