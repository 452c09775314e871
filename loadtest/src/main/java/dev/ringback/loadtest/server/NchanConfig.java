package dev.ringback.loadtest.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * nginx's configuration for Nchan: one worker, all ways to wait at {@code /sub/<id>}, events at {@code /pub/<id>}. A channel keeps
 * its last event, so that one who comes late learns the present state as with the other servers.
 */
final class NchanConfig {
    private static final String MODULE = "ngx_nchan_module.so";
    private static final String TEXT = """
            load_module %2$s;
            daemon off;
            worker_processes 1;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log warn;
            events { worker_connections 19900; }
            http {
              access_log off;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              keepalive_requests 1000000000;
              keepalive_timeout 3600;
              nchan_shared_memory_size 256M;
              server {
                listen 127.0.0.1:%3$d backlog=4096;
                location ~ ^/sub/(.+)$ {
                  nchan_subscriber;
                  nchan_channel_id $1;
                  nchan_subscriber_first_message oldest;
                }
                location ~ ^/pub/(.+)$ {
                  nchan_publisher;
                  nchan_channel_id $1;
                  nchan_message_buffer_length 1;
                }
              }
            }
            """;

    private NchanConfig() {}

    static String text(Path directory, Path module, int port) {
        return String.format(TEXT, directory, module, port);
    }

    /** Where Debian puts it, for an nginx anywhere. */
    static Path module(Path nginx) throws IOException {
        Path prefix = nginx.toAbsolutePath().getParent();
        List<Path> places = List.of(
                prefix == null
                        ? nginx
                        : prefix.resolveSibling("lib").resolve("nginx/modules").resolve(MODULE),
                Path.of("/usr/lib/nginx/modules", MODULE));
        return places.stream()
                .filter(Files::isReadable)
                .findFirst()
                .orElseThrow(() -> new IOException("no " + MODULE + "; on Debian: apt-get install libnginx-mod-nchan"));
    }

    static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
