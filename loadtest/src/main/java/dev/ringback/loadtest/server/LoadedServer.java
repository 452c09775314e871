package dev.ringback.loadtest.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.loadtest.client.AdminMetrics;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The server that load is put on: one that was there, or one that is started for the run and stopped with it. */
public final class LoadedServer implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("(http://[^/ ]+:[0-9]+)(/readyz)?");
    private static final int STOP_SECONDS = 15;
    private static final int CONNECT_MILLIS = 200;

    private final Target target;
    private final long pid;
    private final @Nullable AdminMetrics metrics;
    private final @Nullable Process process;
    private final @Nullable Path directory;

    private LoadedServer(
            Target target,
            long pid,
            @Nullable AdminMetrics metrics,
            @Nullable Process process,
            @Nullable Path directory) {
        this.target = target;
        this.pid = pid;
        this.metrics = metrics;
        this.process = process;
        this.directory = directory;
    }

    /**
     * One that is there already.
     *
     * @param pid 0 where it is not known
     */
    public static LoadedServer at(Target target, long pid, @Nullable Target admin) {
        return new LoadedServer(target, pid, admin == null ? null : new AdminMetrics(admin), null, null);
    }

    /**
     * Starts a gateway or the floor, which print where they listen.
     *
     * @param command ends up, without another process in between, in the server
     */
    public static LoadedServer start(List<String> command, String cpus) throws IOException {
        return start(command, cpus, Map.of());
    }

    /** The same, with these variables over this process's. */
    static LoadedServer start(List<String> command, String cpus, Map<String, String> environment) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(pinned(command, cpus)).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> urls = new ArrayList<>();
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        boolean floor = command.contains("floor");
        String line = out.readLine();
        while (line != null) {
            Matcher url = URL.matcher(line);
            if (url.find()) {
                urls.add(url.group(1));
            }
            if (floor || line.contains("/readyz")) {
                break;
            }
            line = out.readLine();
        }
        if (urls.isEmpty()) {
            process.destroy();
            throw new IOException("the server did not start: " + String.join(" ", command));
        }
        drain(out);
        String admin = urls.get(urls.size() - 1);
        return new LoadedServer(
                Target.parse(urls.get(0)),
                process.pid(),
                floor ? null : new AdminMetrics(Target.parse(admin)),
                process,
                null);
    }

    /** What the server prints later must not fill the pipe. */
    private static void drain(BufferedReader out) {
        Thread thread = new Thread(
                () -> {
                    try (out) {
                        out.transferTo(Writer.nullWriter());
                    } catch (IOException e) {
                        // The server was stopped.
                    }
                },
                "server-output");
        thread.setDaemon(true);
        thread.start();
    }

    /** Starts nginx with Nchan, one worker, whose process is the one that is looked at. */
    public static LoadedServer startNchan(String nginx, String cpus) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("ringback-nchan");
        int port = freePort();
        Path config = directory.resolve("nginx.conf");
        Files.writeString(config, NchanConfig.text(directory, NchanConfig.module(Path.of(nginx)), port));
        List<String> command =
                List.of(nginx, "-e", directory + "/error.log", "-p", directory + "/", "-c", config.toString());
        Process process = new ProcessBuilder(pinned(command, cpus)).inheritIO().start();
        boolean up = Poll.until(Duration.ofSeconds(10), () -> accepts(port) || !process.isAlive());
        if (!up || !process.isAlive()) {
            throw new IOException("nginx did not start: " + Files.readString(directory.resolve("error.log")));
        }
        long worker = process.children().findFirst().map(ProcessHandle::pid).orElse(process.pid());
        return new LoadedServer(new Target("127.0.0.1", port), worker, null, process, directory);
    }

    static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A port that nobody listens on now. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    static List<String> pinned(List<String> command, String cpus) {
        return cpus.isEmpty()
                ? command
                : Stream.concat(Stream.of("taskset", "-c", cpus), command.stream())
                        .toList();
    }

    public Target target() {
        return target;
    }

    /** 0 where it is not known. */
    public long pid() {
        return pid;
    }

    /** The server's process and those that it started, like nginx's workers; none where it is not known. */
    public List<Long> processes() {
        long root = process == null ? pid : process.pid();
        Stream<Long> started = ProcessHandle.of(root).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid);
        return root == 0 ? List.of() : Stream.concat(Stream.of(root), started).toList();
    }

    /** User and system time until now; -1 where it is not known. */
    public double cpuSeconds() {
        return pid == 0 ? -1 : ProcessFigures.cpuSeconds(pid);
    }

    /** -1 where it is not known. */
    public long residentBytes() {
        return pid == 0 ? -1 : ProcessFigures.residentBytes(pid);
    }

    /** One of the server's metrics; -1 where it has no such one, or none at all. */
    public double metric(String sample) {
        if (metrics == null) {
            return -1;
        }
        try {
            return metrics.read(sample);
        } catch (IOException e) {
            return -1;
        }
    }

    /** All of the server's metrics, as it writes them; empty where it has none. */
    public String metrics() throws IOException {
        return metrics == null ? "" : metrics.text();
    }

    /** Ends the server as an operator's {@code kill -9} does; returns when it is gone. */
    public void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    /** What is known of the server's program. */
    public String description() {
        String command =
                ProcessHandle.of(pid).flatMap(handle -> handle.info().command()).orElse("");
        return command.isEmpty() ? target.toString() : target + ", " + command;
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            process.destroy();
            Ending.await(process, STOP_SECONDS);
        }
        if (directory != null) {
            NchanConfig.delete(directory);
        }
    }
}
