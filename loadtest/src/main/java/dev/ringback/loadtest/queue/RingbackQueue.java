package dev.ringback.loadtest.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.loadtest.client.Crew;
import dev.ringback.loadtest.client.HttpConnection;
import dev.ringback.loadtest.client.HttpConnection.Answer;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.WireException;
import dev.ringback.loadtest.latency.Schedule;
import dev.ringback.loadtest.queue.Trips.Stop;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ProcessFigures;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * A gateway's queue. Each client has one connection: it submits a job, and waits on the same connection for its result; each worker
 * leases and ends jobs on another.
 */
final class RingbackQueue implements Contender {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String TYPE = "load";
    private static final Duration LEAD = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final QueueLoad load;
    private final LoadedServer server;
    private final QueueWorkers workers;
    private long ended;

    /** @param server closed with it */
    RingbackQueue(String name, QueueLoad load, LoadedServer server) {
        this.name = name;
        this.load = load;
        this.server = server;
        this.workers = QueueWorkers.start(load.workers(), server.target(), TYPE);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Trips run(int jobs) throws IOException, InterruptedException {
        Trips trips = new Trips(jobs);
        Schedule schedule = new Schedule(System.nanoTime() + LEAD.toNanos(), load.perSecond());
        Crew.Task task = (index, connection) -> follow(index, connection, schedule, trips);
        try (Crew clients = Crew.start(load.clients(), server.target(), jobs, task)) {
            clients.join();
        }
        ended += jobs;
        requireEmpty(trips);
        workers.takeWrong().forEach(trips::wrong);
        return trips;
    }

    private void follow(int index, HttpConnection connection, Schedule schedule, Trips trips)
            throws IOException, InterruptedException {
        String body = "{\"type\":\"" + TYPE + "\",\"input\":{\"n\":" + index + ",\"x\":\""
                + "x".repeat(load.inputBytes()) + "\"}}";
        schedule.awaitDue(index);
        long due = schedule.dueNanos(index);
        trips.reached(index, Stop.POSTED, System.nanoTime() - due);
        Answer accepted = connection.request("POST", "/jobs", body);
        trips.reached(index, Stop.ACCEPTED, System.nanoTime() - due);
        if (accepted.status() != 202) {
            throw new WireException("a submission was answered " + accepted.status() + " " + accepted.body());
        }
        String id = MAPPER.readTree(accepted.body()).path("jobId").asText();
        Answer told = connection.request("GET", "/jobs/" + id + "/result?wait=30", "");
        long nanos = System.nanoTime() - due;
        JsonNode result = MAPPER.readTree(told.body());
        if (told.status() == 200 && result.path("n").asInt(-1) == index) {
            trips.reached(index, Stop.LEASED, result.path("at").asLong() - due);
            trips.reached(index, Stop.TOLD, nanos);
        } else {
            trips.wrong("the client of job " + id + " was told " + told.status() + " " + told.body());
        }
    }

    /** Whoever is told of an end is told by the record; the queue follows it a moment later. */
    private void requireEmpty(Trips trips) throws IOException, InterruptedException {
        try (HttpConnection connection = new HttpConnection(server.target())) {
            if (!Poll.until(PATIENCE, () -> isEmpty(connection))) {
                trips.wrong("the queue is not as it should be after " + ended + " jobs that were completed once each: "
                        + connection.request("GET", "/queues/" + TYPE, "").body());
            }
        }
    }

    private boolean isEmpty(HttpConnection connection) throws IOException {
        JsonNode queue =
                MAPPER.readTree(connection.request("GET", "/queues/" + TYPE, "").body());
        JsonNode counts = queue.path("counts");
        return queue.path("waiting").asLong(-1) == 0
                && queue.path("leased").asLong(-1) == 0
                && counts.path("added").asLong() == ended
                && counts.path("completed").asLong() == ended
                && counts.path("released").asLong(-1) == 0
                && counts.path("lost").asLong(-1) == 0;
    }

    @Override
    public Map<String, Double> cpuSeconds() {
        return Map.of(
                "gateway",
                server.cpuSeconds(),
                "clients and workers",
                ProcessFigures.cpuSeconds(ProcessHandle.current().pid()));
    }

    @Override
    public void close() throws IOException {
        workers.close();
        server.close();
    }
}
