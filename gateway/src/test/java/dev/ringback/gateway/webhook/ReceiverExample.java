package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A receiver of {@code docs/webhooks}, run as its first lines say. */
final class ReceiverExample implements AutoCloseable {
    enum Language {
        PYTHON("python3", "receiver.py"),
        NODE("node", "receiver.mjs"),
        JAVA(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "Receiver.java");

        private final String program;
        private final String file;

        Language(String program, String file) {
            this.program = program;
            this.file = file;
        }

        boolean isThere() {
            return this == JAVA || Programs.isOnPath(program);
        }

        String absent() {
            return program + " is not on PATH: docs/webhooks/" + file + " was not tried";
        }
    }

    private static final Pattern LISTENING = Pattern.compile("(?m)^listening on port (\\d+)$");

    private final Process process;
    private final Path output;
    private final int port;

    private ReceiverExample(Process process, Path output) {
        this.process = process;
        this.output = output;
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || LISTENING.matcher(printed()).find());
        Matcher listening = LISTENING.matcher(printed());
        assertThat(listening.find()).as(this::printed).isTrue();
        port = Integer.parseInt(listening.group(1));
    }

    /** Runs it on a free port; waits until it listens. */
    static ReceiverExample start(Language language, String secret) {
        try {
            Path output = Files.createTempFile("ringback-receiver", ".log");
            ProcessBuilder builder = new ProcessBuilder(
                            language.program,
                            Path.of("..", "docs", "webhooks", language.file).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("WEBHOOK_SECRET", secret);
            builder.environment().put("PORT", "0");
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new ReceiverExample(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + port + "/webhook";
    }

    String printed() {
        try {
            return Files.readString(output, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The events that it has acted on, a line each. */
    List<String> events() {
        return printed().lines().filter(line -> line.startsWith("job.")).toList();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        Files.delete(output);
    }
}
