package dev.ringback.loadtest.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.loadtest.client.HttpConnection;
import dev.ringback.loadtest.client.HttpConnection.Answer;
import dev.ringback.loadtest.client.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Workers that lease a job and end it at once, one at a time each, over a connection of its own. A job's result says which it was, and
 * when its worker had it.
 */
final class QueueWorkers implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int WAIT_SECONDS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(2 * WAIT_SECONDS);

    private final Target target;
    private final String type;
    private final Set<String> leased = ConcurrentHashMap.newKeySet();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    private QueueWorkers(Target target, String type) {
        this.target = target;
        this.type = type;
    }

    static QueueWorkers start(int count, Target target, String type) {
        QueueWorkers workers = new QueueWorkers(target, type);
        for (int i = 0; i < count; i++) {
            String name = "worker-" + i;
            Thread thread = new Thread(() -> workers.work(name), name);
            thread.setDaemon(true);
            thread.start();
        }
        return workers;
    }

    /** What went as it must not, at most once each. */
    List<String> takeWrong() {
        List<String> all = List.copyOf(wrong);
        wrong.clear();
        return all;
    }

    private void work(String name) {
        String ask = "/queues/" + type + "/lease?wait=" + WAIT_SECONDS + "&worker=" + name;
        try (HttpConnection connection = new HttpConnection(target, PATIENCE)) {
            while (!stopped) {
                Answer answer = connection.request("POST", ask, "");
                long nanos = System.nanoTime();
                if (answer.status() == 200) {
                    complete(answer, nanos, connection);
                } else if (answer.status() != 204) {
                    throw new IOException("a lease was answered " + answer.status() + " " + answer.body());
                }
            }
        } catch (IOException e) {
            if (!stopped) {
                wrong.add(name + " stopped: " + e.getMessage());
            }
        }
    }

    private void complete(Answer lease, long nanos, HttpConnection connection) throws IOException {
        JsonNode given = MAPPER.readTree(lease.body());
        String job = given.path("job").path("jobId").asText();
        if (!leased.add(job)) {
            wrong.add("job " + job + " was leased again, though it was ended");
        }
        String report =
                "{\"leaseId\":\"" + given.path("leaseId").asText() + "\",\"status\":\"completed\",\"result\":{\"n\":"
                        + given.path("input").path("n").asInt(-1) + ",\"at\":\"" + nanos + "\"}}";
        Answer answer = connection.request("POST", "/jobs/" + job + "/events", report);
        if (answer.status() != 200 || MAPPER.readTree(answer.body()).has("duplicate")) {
            wrong.add("the end of job " + job + " was answered " + answer.status() + " " + answer.body());
        }
    }

    /** They end with their server. */
    @Override
    public void close() {
        stopped = true;
    }
}
