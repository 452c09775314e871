package dev.ringback.loadtest.queue;

import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ServerStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The stores that a gateway may keep its jobs and queues in. */
enum QueueStores {
    MEMORY,
    FILE,
    REDIS;

    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx3g");

    /**
     * Starts a gateway.
     *
     * @param redis host and port of its Redis, where it has one
     * @param directory for its file, where it has one
     */
    LoadedServer start(String redis, Path directory, List<String> settings) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("store.memory-bytes=2GiB"));
        all.addAll(
                switch (this) {
                    case MEMORY -> List.of();
                    case FILE -> List.of("store.kind=file", "store.path=" + file(directory));
                    case REDIS -> List.of("store.kind=redis", "redis.uri=redis://" + redis);
                });
        all.addAll(settings);
        return new ServerStart(ServerChoice.RINGBACK, "", "", all, HEAP).start();
    }

    static Path file(Path directory) {
        return directory.resolve("jobs.db");
    }

    String words() {
        return name().toLowerCase(Locale.ROOT);
    }
}
