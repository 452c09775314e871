package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Debian's nginx or HAProxy in front of a gateway, with the configuration of {@code config/} on ports that are free. */
final class ProxyProcess implements AutoCloseable {
    enum Kind {
        /** One worker, so that each client may get the connection that the one before it used. */
        NGINX("nginx", "nginx.conf") {
            @Override
            String adapted(String config, int port, TestGateway gateway) {
                String with = replaced(config, "listen 80;", "listen 127.0.0.1:" + port + ";");
                with = replaced(
                        with, "127.0.0.1:8080", "127.0.0.1:" + gateway.address().getPort());
                with = replaced(with, "worker_processes auto;", "worker_processes 1;");
                String temporary = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                        .map(name -> name + "_temp_path " + name + ";\n")
                        .reduce("", String::concat);
                String log = "log_format forwarded '$request -> $upstream_addr';\naccess_log access.log forwarded;\n";
                return replaced(with, "http {", "http {\n" + log + temporary);
            }

            @Override
            List<String> command(Path program, Path directory, Path config) {
                String settings = "daemon off; pid nginx.pid;";
                return List.of(
                        program.toString(),
                        "-p",
                        directory.toString(),
                        "-e",
                        "stderr",
                        "-c",
                        config.toString(),
                        "-g",
                        settings);
            }
        },
        HAPROXY("haproxy", "haproxy.cfg") {
            @Override
            String adapted(String config, int port, TestGateway gateway) {
                String with = replaced(config, "bind :80", "bind 127.0.0.1:" + port);
                with = replaced(
                        with,
                        "8081",
                        String.valueOf(gateway.gateway().adminAddress().getPort()));
                return replaced(
                        with, "127.0.0.1:8080", "127.0.0.1:" + gateway.address().getPort());
            }

            @Override
            List<String> command(Path program, Path directory, Path config) {
                return List.of(program.toString(), "-db", "-f", config.toString());
            }
        };

        /** A line of the log about a request that went on to the gateway, as often as it did. */
        private static final Pattern FORWARDED = Pattern.compile("-> .*127\\.0\\.0\\.1|gateways/one ");

        private final String program;
        private final String config;

        Kind(String program, String config) {
            this.program = program;
            this.config = config;
        }

        abstract String adapted(String config, int port, TestGateway gateway);

        abstract List<String> command(Path program, Path directory, Path config);

        /** Where the program is; Debian keeps it where only root's PATH looks. */
        Optional<Path> find() {
            return Arrays.stream((System.getenv("PATH") + File.pathSeparator + "/usr/sbin").split(File.pathSeparator))
                    .map(directory -> Path.of(directory, program))
                    .filter(Files::isExecutable)
                    .findFirst();
        }

        private static String replaced(String text, String old, String with) {
            assertThat(text).contains(old);
            return text.replace(old, with);
        }
    }

    private static final Path CONFIGS = Path.of("..", "config");

    private final Path directory;
    private final int port = RedisProcess.freePort();
    private final Process process;

    ProxyProcess(Kind kind, TestGateway gateway, Path directory) throws IOException {
        this.directory = directory;
        String recommended = Files.readString(CONFIGS.resolve(kind.config), UTF_8);
        Path config = directory.resolve(kind.config);
        Files.writeString(config, kind.adapted(recommended, port, gateway), UTF_8);
        process = new ProcessBuilder(kind.command(kind.find().orElseThrow(), directory, config))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        await().until(() -> isAccepting() || !process.isAlive());
        assertThat(process.isAlive()).as(this::log).isTrue();
    }

    private boolean isAccepting() {
        try (Socket probe = new Socket("127.0.0.1", port)) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    /** What it has printed and logged. */
    String log() {
        try (Stream<Path> files = Files.list(directory)) {
            StringBuilder log = new StringBuilder();
            for (Path file : files.filter(path -> path.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                log.append(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
            return log.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many requests it has passed on and logged. */
    long forwarded() {
        return log().lines().filter(line -> Kind.FORWARDED.matcher(line).find()).count();
    }

    @Override
    public void close() {
        // nginx's master would leave its worker behind if it were killed.
        process.destroy();
        process.onExit().join();
    }
}
