package dev.ringback.loadtest.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.loadtest.client.Crew;
import dev.ringback.loadtest.client.HttpConnection;
import dev.ringback.loadtest.client.HttpConnection.Answer;
import dev.ringback.loadtest.client.WireException;
import dev.ringback.loadtest.memory.JvmProcess;
import dev.ringback.loadtest.memory.Spread;
import dev.ringback.loadtest.queue.DepthFigures.Held;
import dev.ringback.loadtest.queue.DepthFigures.Times;
import dev.ringback.loadtest.server.LoadedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One gateway whose queue is filled, first a little and then a lot, and worked on by one worker at each depth. */
final class DepthRun {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int SUBMITTERS = 16;
    private static final double MICRO_NANOS = 1_000;
    private static final String SUBMIT = "submit";
    private static final String LEASE = "lease";
    private static final String COMPLETE = "complete";
    private static final String GIVE_BACK = "give back";

    private final QueueStores store;
    private final LoadedServer server;
    private final @Nullable RedisCosts redis;
    private final Path directory;
    private final String job;
    private final Map<String, Histogram> nanos = new TreeMap<>();

    /** @param redis where the store is Redis */
    DepthRun(QueueStores store, LoadedServer server, @Nullable RedisCosts redis, Path directory, int inputBytes) {
        this.store = store;
        this.server = server;
        this.redis = redis;
        this.directory = directory;
        this.job = "{\"type\":\"load\",\"input\":{\"x\":\"" + "x".repeat(inputBytes) + "\"}}";
    }

    /** Submits jobs until there are so many. */
    void fill(int from, int to) throws IOException, InterruptedException {
        try (Crew crew = Crew.start(SUBMITTERS, server.target(), to - from, (i, connection) -> submit(connection))) {
            crew.join();
        }
    }

    /** So many jobs are leased and completed, each replaced by another; then as many leased and given back. */
    DepthFigures measure(int waiting, int cycles) throws IOException, InterruptedException {
        nanos.clear();
        if (redis != null) {
            redis.begin();
        }
        try (HttpConnection connection = new HttpConnection(server.target())) {
            for (int i = 0; i < cycles; i++) {
                JsonNode completed = lease(connection);
                report(COMPLETE, completed, "\"status\":\"completed\",\"result\":{\"ok\":true}", connection);
                submit(connection);
            }
            for (int i = 0; i < cycles; i++) {
                report(GIVE_BACK, lease(connection), "\"status\":\"queued\"", connection);
            }
        }
        Map<String, Double> redisMicros = new TreeMap<>();
        if (redis != null) {
            redis.end()
                    .forEach((step, micros) ->
                            redisMicros.put(step, Spread.of(micros).median()));
        }
        Map<String, Times> times = new TreeMap<>();
        nanos.forEach((what, all) -> times.put(
                what,
                new Times(all.getValueAtPercentile(50) / MICRO_NANOS, all.getValueAtPercentile(99) / MICRO_NANOS)));
        return new DepthFigures(store.words(), waiting, times, redisMicros);
    }

    Held held() throws IOException, InterruptedException {
        return new Held(bytes(), redis == null ? -1 : redis.queueBytes());
    }

    private void submit(HttpConnection connection) throws IOException {
        long start = System.nanoTime();
        require(202, connection.request("POST", "/jobs", job));
        record(SUBMIT, System.nanoTime() - start);
    }

    private JsonNode lease(HttpConnection connection) throws IOException {
        long start = System.nanoTime();
        Answer answer = require(200, connection.request("POST", "/queues/load/lease", ""));
        record(LEASE, System.nanoTime() - start);
        return MAPPER.readTree(answer.body());
    }

    private void report(String what, JsonNode lease, String words, HttpConnection connection) throws IOException {
        String path = "/jobs/" + lease.path("job").path("jobId").asText() + "/events";
        String body = "{\"leaseId\":\"" + lease.path("leaseId").asText() + "\"," + words + "}";
        long start = System.nanoTime();
        require(200, connection.request("POST", path, body));
        record(what, System.nanoTime() - start);
    }

    /** The many who submit at once are not measured one by one. */
    private synchronized void record(String what, long time) {
        nanos.computeIfAbsent(what, kind -> new Histogram(3)).recordValue(time);
    }

    private static Answer require(int status, Answer answer) throws WireException {
        if (answer.status() != status) {
            throw new WireException("HTTP " + answer.status() + " instead of " + status + ": " + answer.body());
        }
        return answer;
    }

    private long bytes() throws IOException, InterruptedException {
        switch (store) {
            case REDIS -> {
                return redis == null ? -1 : redis.usedBytes();
            }
            case FILE -> {
                return fileBytes();
            }
            default -> {
                JvmProcess gateway = JvmProcess.of(server.pid());
                gateway.collectGarbage();
                return gateway.heapInfoBytes();
            }
        }
    }

    private long fileBytes() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : List.copyOf(files.toList())) {
                boolean isStore = file.getFileName()
                        .toString()
                        .startsWith(QueueStores.file(directory).getFileName().toString());
                bytes += isStore ? Files.size(file) : 0;
            }
        }
        return bytes;
    }
}
