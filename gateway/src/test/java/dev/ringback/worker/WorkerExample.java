package dev.ringback.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A worker of {@code docs/workers} in a process of its own: as its first lines say, or with other work in its loop, whose outcome the
 * input of each job chooses ({@code src/test/workers}, {@link ModesWorker}).
 *
 * <p>That input is {@code {"mode": …, "millis": …}}. After so many milliseconds the work does what its mode says:
 *
 * <ul>
 *   <li>{@code ok}: completes.
 *   <li>{@code crash}: the first attempt ends its own process at once, as {@code kill -9} does; later ones complete.
 *   <li>{@code flaky}: the first attempt fails; later ones complete.
 *   <li>{@code poison}: each attempt fails.
 *   <li>{@code permanent}: fails for good.
 *   <li>{@code large}: completes with a result that is larger than the gateway takes.
 *   <li>{@code nonsense}: completes with a result that JSON can't say.
 *   <li>{@code early}: completes; Python's is asked to end just before it begins.
 *   <li>{@code slow}: the first attempt tells of progress until it is cancelled; later ones complete.
 * </ul>
 */
final class WorkerExample implements AutoCloseable {
    private static final Path EXAMPLES = Path.of("..", "docs", "workers");
    private static final Path MODES = Path.of("src", "test", "workers");
    private static final int PATIENCE_SECONDS = 60;

    enum Language {
        JAVA(Path.of(System.getProperty("java.home"), "bin", "java").toString(), ""),
        PYTHON("python3", ".py"),
        NODE("node", ".mjs"),
        BASH("bash", ".sh");

        private final String program;
        private final String suffix;

        Language(String program, String suffix) {
            this.program = program;
            this.suffix = suffix;
        }

        boolean isThere() {
            return this == JAVA || (Programs.isOnPath(program) && (this != BASH || Programs.isOnPath("curl")));
        }

        String absent() {
            return program + " is not on PATH: docs/workers/worker" + suffix + " was not tried";
        }

        /** How its work signs results. */
        String signature() {
            return name().toLowerCase(Locale.ROOT);
        }

        private List<String> java(String what) {
            return List.of(
                    program, "-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), what);
        }

        List<String> asWritten() {
            return this == JAVA
                    ? java(EXAMPLES.resolve("Thumbnails.java").toString())
                    : List.of(program, EXAMPLES.resolve("worker" + suffix).toString());
        }

        List<String> withModes() {
            return this == JAVA
                    ? java(ModesWorker.class.getName())
                    : List.of(program, MODES.resolve("modes" + suffix).toString());
        }
    }

    private final Process process;
    private final Path output;

    private WorkerExample(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Runs one; {@code graceSeconds} is how long its work may take after SIGTERM. */
    static WorkerExample start(List<String> command, String gateway, String type, int graceSeconds, int leaseSeconds) {
        try {
            Path output = Files.createTempFile("ringback-worker", ".log");
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
            builder.environment()
                    .putAll(Map.of(
                            "GATEWAY",
                            gateway,
                            "TYPE",
                            type,
                            "LEASE",
                            Integer.toString(leaseSeconds),
                            "GRACE",
                            Integer.toString(graceSeconds)));
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new WorkerExample(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end ({@code SIGTERM}). */
    void terminate() {
        process.destroy();
    }

    /** Ends it at once, as a power cut does ({@code kill -9}). */
    void kill() {
        process.destroyForcibly();
    }

    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as(this::printed)
                .isTrue();
        return process.exitValue();
    }

    /** How it ended, once it has. */
    CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    String printed() {
        try {
            return Files.readString(output, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        Files.deleteIfExists(output);
    }
}
