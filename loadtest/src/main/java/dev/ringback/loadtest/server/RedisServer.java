package dev.ringback.loadtest.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.WireException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A Redis that is started for a run, on a free port of this machine, and stopped with it. It keeps nothing on disk. */
public final class RedisServer implements AutoCloseable {
    private static final String PROGRAM = "redis-server";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int STOP_SECONDS = 5;

    private final Process process;
    private final int port;
    private final Path directory;

    private RedisServer(Process process, int port, Path directory) {
        this.process = process;
        this.port = port;
        this.directory = directory;
    }

    /** The program, where it is in the PATH. */
    public static Optional<Path> program() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .map(place -> Path.of(place, PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }

    public static RedisServer start(Path program) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("ringback-redis");
        int port = LoadedServer.freePort();
        List<String> command = List.of(
                program.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                directory.toString());
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        RedisServer server = new RedisServer(process, port, directory);
        if (!Poll.until(PATIENCE, () -> LoadedServer.accepts(port) || !process.isAlive()) || !process.isAlive()) {
            server.close();
            throw new IOException(program + " did not start on port " + port);
        }
        return server;
    }

    public String uri() {
        return "redis://" + address();
    }

    /** Host and port. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Asks a question that is answered with a number, or with a list, which is counted. */
    public long count(String question) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write((question + "\r\n").getBytes(US_ASCII));
            String answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
            if (answer == null || !answer.matches("[:*][0-9]{1,18}")) {
                throw new WireException("Redis answers " + question + " with " + answer);
            }
            return Long.parseLong(answer.substring(1));
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        Ending.await(process, STOP_SECONDS);
        Files.deleteIfExists(directory);
    }
}
