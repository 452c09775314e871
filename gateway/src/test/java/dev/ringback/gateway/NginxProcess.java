package dev.ringback.gateway;

import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.RedisProcess;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Debian's nginx in front of a gateway, with its defaults wherever it has some: it buffers what its upstream sends. One port speaks HTTP/1.0 to
 * the gateway, as by default, and one HTTP/1.1.
 */
final class NginxProcess implements AutoCloseable {
    static final String ABSENT = "nginx is not installed";

    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
    private static final String CONFIG = """
            daemon off;
            master_process off;
            pid DIRECTORY/pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                client_body_temp_path DIRECTORY/body;
                proxy_temp_path DIRECTORY/proxy;
                fastcgi_temp_path DIRECTORY/fastcgi;
                uwsgi_temp_path DIRECTORY/uwsgi;
                scgi_temp_path DIRECTORY/scgi;
                server {
                    listen 127.0.0.1:PORT_OF_1_0;
                    location / {
                        proxy_pass http://127.0.0.1:GATEWAY;
                    }
                }
                server {
                    listen 127.0.0.1:PORT_OF_1_1;
                    location / {
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_pass http://127.0.0.1:GATEWAY;
                    }
                }
            }
            """;

    private final Path directory;
    private final Process process;
    private final int portOf10 = RedisProcess.freePort();
    private final int portOf11 = RedisProcess.freePort();

    private NginxProcess(int gatewayPort) throws IOException {
        directory = Files.createTempDirectory("nginx");
        Path config = directory.resolve("nginx.conf");
        Files.writeString(
                config,
                CONFIG.replace("DIRECTORY", directory.toString())
                        .replace("PORT_OF_1_0", Integer.toString(portOf10))
                        .replace("PORT_OF_1_1", Integer.toString(portOf11))
                        .replace("GATEWAY", Integer.toString(gatewayPort)));
        List<String> command = List.of(PROGRAM.toString(), "-p", directory.toString(), "-c", config.toString());
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
            new Socket("127.0.0.1", portOf11).close();
            return true;
        });
    }

    static boolean isThere() {
        return Files.isExecutable(PROGRAM);
    }

    static NginxProcess inFrontOf(int gatewayPort) throws IOException {
        return new NginxProcess(gatewayPort);
    }

    int portOf10() {
        return portOf10;
    }

    int portOf11() {
        return portOf11;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
