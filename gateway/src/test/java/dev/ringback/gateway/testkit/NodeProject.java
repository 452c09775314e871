package dev.ringback.gateway.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A script for Node with the packages that its lock file pins: {@code src/test/NAME}, installed in {@code target/NAME}. */
public final class NodeProject {
    public static final String ABSENT = "node and npm are not both in PATH";

    private static final String LOCK = "package-lock.json";

    private final Path source;
    private final Path work;

    private NodeProject(String name) {
        source = Path.of("src", "test", name);
        work = Path.of("target", name);
    }

    public static boolean isPossible() {
        return Programs.isOnPath("node") && Programs.isOnPath("npm");
    }

    /** Installs the project; its packages are fetched once for each lock file. */
    public static NodeProject install(String name, String script) throws IOException, InterruptedException {
        NodeProject project = new NodeProject(name);
        project.install(script);
        return project;
    }

    private void install(String script) throws IOException, InterruptedException {
        Path installed = work.resolve("node_modules").resolve("." + LOCK);
        boolean upToDate = Files.exists(installed)
                && Files.exists(work.resolve(LOCK))
                && Files.mismatch(source.resolve(LOCK), work.resolve(LOCK)) < 0;
        Files.createDirectories(work);
        for (String name : List.of("package.json", LOCK, script)) {
            Files.copy(source.resolve(name), work.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!upToDate) {
            Outcome fetched = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
            assertThat(fetched.exitCode()).as(fetched.text()).isZero();
        }
    }

    /** How a program ended, and what it printed. */
    public record Outcome(int exitCode, String text) {}

    /** Runs a program in the project's directory to its end. */
    public Outcome run(String... command) throws IOException, InterruptedException {
        Process process = start(true, command);
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Outcome(process.exitValue(), text);
    }

    /** Starts a program in the project's directory; what it complains of goes to the test's own output. */
    public Process start(String... command) throws IOException {
        return start(false, command);
    }

    private Process start(boolean together, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command))).directory(work.toFile());
        return together
                ? builder.redirectErrorStream(true).start()
                : builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
