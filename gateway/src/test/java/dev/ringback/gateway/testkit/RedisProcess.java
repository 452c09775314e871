package dev.ringback.gateway.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis of one's own, in a directory and on a port of its own: {@code redis-server} of version 7 or later from the path,
 * else the 6.2 that a test library carries. It can be killed, frozen and started again on the same port.
 */
public final class RedisProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);
    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.");

    private final Path executable;
    private final Place place;
    private final Path directory;
    private final int port;
    private final List<String> extraArguments;
    /** Where a Sentinel keeps what it knows; null for a Redis that holds data. */
    private final @Nullable Path sentinelFile;

    private Process process;
    private @Nullable RedisSocket socket;

    private RedisProcess(Path executable, Place place, int port, List<String> extraArguments, boolean sentinel)
            throws IOException {
        this.executable = executable;
        this.place = place;
        this.directory = Files.createTempDirectory("ringback-redis");
        this.port = port;
        this.extraArguments = extraArguments;
        this.sentinelFile = sentinel ? Files.write(directory.resolve("sentinel.conf"), extraArguments) : null;
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /** Starts one that keeps its data over a restart; more arguments as {@code redis-server} takes them. */
    public static RedisProcess start(String... extraArguments) {
        return start(findExecutable(), Place.HERE, freePort(), List.of(extraArguments), false);
    }

    /** As {@link #start}, elsewhere. */
    public static RedisProcess startAt(Place place, String... extraArguments) {
        return start(findExecutable(), place, freePort(), List.of(extraArguments), false);
    }

    /** Starts a Sentinel with these lines of configuration. */
    public static RedisProcess startSentinel(Place place, String... lines) {
        return start(findExecutable(), place, freePort(), List.of(lines), true);
    }

    /** Starts the oldest version that is supported. */
    public static RedisProcess startOldest(String... extraArguments) {
        return start(bundledExecutable(), Place.HERE, freePort(), List.of(extraArguments), false);
    }

    /** Starts one where a gateway looks for it already. */
    public static RedisProcess startOn(int port) {
        return start(findExecutable(), Place.HERE, port, List.of(), false);
    }

    private static RedisProcess start(
            Path executable, Place place, int port, List<String> extraArguments, boolean sentinel) {
        try {
            RedisProcess redis = new RedisProcess(executable, place, port, extraArguments, sentinel);
            redis.awaitAnswer();
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port on which nobody listens now. */
    public static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** The first number of its version. */
    public int majorVersion() {
        return majorVersion(executable);
    }

    public String uri() {
        return "redis://" + address();
    }

    /** {@code host:port}. */
    public String address() {
        return place.host() + ":" + port;
    }

    /** Sends one command and returns the answer as {@link RedisSocket} reads it. */
    public synchronized @Nullable Object cli(String... command) {
        try {
            if (socket == null) {
                socket = new RedisSocket(place.host(), port);
            }
            return socket.call(command);
        } catch (IOException e) {
            hangUp();
            throw new UncheckedIOException(e);
        }
    }

    /** A connection of its own, for subscriptions and bytes. */
    public RedisSocket connect() {
        try {
            return new RedisSocket(place.host(), port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it at once, as a power cut does ({@code kill -9}). */
    public void kill() {
        hangUp();
        process.destroyForcibly();
        awaitEnd();
    }

    /** Stops it from running, its connections stay open ({@code SIGSTOP}). */
    public void freeze() {
        Signal.STOP.send(process);
    }

    /** Lets it run again ({@code SIGCONT}). */
    public void thaw() {
        Signal.CONT.send(process);
    }

    /** Starts it again on the same port after {@link #kill}. */
    public void restart(boolean keepData) {
        try {
            if (!keepData) {
                deleteFiles(directory, false);
            }
            process = launch();
            awaitAnswer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies its files as they are now; everything that it has acknowledged is in them. */
    public Path copyData() {
        try {
            Path copy = Files.createTempDirectory("ringback-redis-copy");
            copyFiles(directory, copy);
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts files that {@link #copyData} copied in place of those of a Redis that does not run now, and deletes the copy. */
    public void restoreData(Path copy) {
        try {
            deleteFiles(directory, false);
            copyFiles(copy, directory);
            deleteFiles(copy, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            thaw();
        }
        kill();
        try {
            deleteFiles(directory, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(place.launcher());
        command.add(executable.toString());
        if (sentinelFile != null) {
            command.addAll(List.of(sentinelFile.toString(), "--sentinel"));
        }
        command.addAll(
                List.of("--port", Integer.toString(port), "--bind", place.host(), "--dir", directory.toString()));
        if (sentinelFile == null) {
            command.addAll(List.of("--save", "", "--appendonly", "yes"));
            command.addAll(extraArguments);
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void awaitAnswer() {
        await().atMost(START)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions()
                .until(() -> {
                    assertThat(process.isAlive()).isTrue();
                    return "PONG".equals(cli("PING"));
                });
    }

    private void awaitEnd() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private synchronized void hangUp() {
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                socket = null;
            }
        }
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.filter(path -> !path.equals(from)).toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    private static void deleteFiles(Path directory, boolean itself) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted((a, b) -> b.compareTo(a))
                    .filter(path -> itself || !path.equals(directory))
                    .map(Path::toFile)
                    .forEach(File::delete);
        }
    }

    private static Path findExecutable() {
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            Path candidate = Path.of(directory, "redis-server");
            if (Files.isExecutable(candidate) && majorVersion(candidate) >= 7) {
                return candidate;
            }
        }
        return bundledExecutable();
    }

    private static Path bundledExecutable() {
        try {
            return ExecutableProvider.newJarResourceProvider().get().toPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int majorVersion(Path executable) {
        try {
            Process asked = new ProcessBuilder(executable.toString(), "--version").start();
            Matcher version = VERSION.matcher(new String(asked.getInputStream().readAllBytes(), UTF_8));
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
