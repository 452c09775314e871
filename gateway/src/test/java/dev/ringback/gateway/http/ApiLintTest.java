package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code docs/openapi.yaml} and {@code docs/asyncapi.yaml} please the linters that others use on such documents. */
class ApiLintTest {
    private static final Path SOURCE = Path.of("src", "test", "lint");
    private static final Path WORK = Path.of("target", "lint");
    private static final String LOCK = "package-lock.json";

    @Test
    void bothDocumentsPassTheLinters() throws Exception {
        assumeThat(isThere("node") && isThere("npm"))
                .as("node and npm are in PATH; the documents are not linted without them")
                .isTrue();
        install();

        Outcome linted =
                run(List.of("node", "lint.mjs", absolute(ApiSchemas.OPEN_API), absolute(ApiSchemas.ASYNC_API)));

        assertThat(linted.text()).isEmpty();
        assertThat(linted.exitCode()).isZero();
    }

    /** The linters, as the lock file pins them; fetched once for each lock file. */
    private static void install() throws Exception {
        Path installed = WORK.resolve("node_modules").resolve("." + LOCK);
        boolean upToDate = Files.exists(installed)
                && Files.exists(WORK.resolve(LOCK))
                && Files.mismatch(WORK.resolve(LOCK), SOURCE.resolve(LOCK)) < 0;
        Files.createDirectories(WORK);
        for (String name : List.of("package.json", LOCK, "lint.mjs")) {
            Files.copy(SOURCE.resolve(name), WORK.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!upToDate) {
            Outcome fetched =
                    run(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"));
            assertThat(fetched.exitCode()).as(fetched.text()).isZero();
        }
    }

    private record Outcome(int exitCode, String text) {}

    private static Outcome run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Outcome(process.exitValue(), text);
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    private static boolean isThere(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
