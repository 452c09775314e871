package dev.ringback.loadtest.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.loadtest.queue.Trips.Stop;
import dev.ringback.loadtest.server.LineProcess;
import dev.ringback.loadtest.server.ProcessFigures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** BullMQ's queue: a process of Node submits and is told, another has as many jobs at once as a gateway has workers. */
final class BullmqQueue implements Contender {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final QueueLoad load;
    private final LineProcess worker;
    private final LineProcess client;

    private BullmqQueue(QueueLoad load, LineProcess worker, LineProcess client) {
        this.load = load;
        this.worker = worker;
        this.client = client;
    }

    /**
     * Starts its processes.
     *
     * @param script where its packages are beside it
     * @param redis host and port
     */
    static BullmqQueue start(Path script, String redis, QueueLoad load) throws IOException {
        LineProcess worker = LineProcess.start(command(script, "worker", redis, load), "");
        try {
            worker.ask("ready?");
            return new BullmqQueue(load, worker, LineProcess.start(command(script, "client", redis, load), ""));
        } catch (IOException e) {
            worker.close();
            throw e;
        }
    }

    private static List<String> command(Path script, String role, String redis, QueueLoad load) {
        String[] address = redis.split(":", 2);
        return List.of("node", script.toString(), role, address[0], address[1], Integer.toString(load.workers()));
    }

    @Override
    public String name() {
        return "BullMQ";
    }

    @Override
    public Trips run(int jobs) throws IOException {
        String answer = client.ask(String.format(
                Locale.ROOT, "{\"rate\":%d,\"jobs\":%d,\"inputBytes\":%d}", load.perSecond(), jobs, load.inputBytes()));
        return read(jobs, MAPPER.readTree(answer));
    }

    /** Reads what the script says of its jobs. */
    static Trips read(int jobs, JsonNode said) {
        Trips trips = new Trips(jobs);
        for (Stop stop : Stop.values()) {
            JsonNode times = said.path(stop.name().toLowerCase(Locale.ROOT));
            for (int i = 0; i < times.size(); i++) {
                trips.reached(i, stop, times.get(i).asLong(-1));
            }
        }
        said.path("wrong").forEach(what -> trips.wrong(what.asText()));
        return trips;
    }

    @Override
    public Map<String, Double> cpuSeconds() {
        return Map.of(
                "client", ProcessFigures.cpuSeconds(client.pid()), "worker", ProcessFigures.cpuSeconds(worker.pid()));
    }

    @Override
    public void close() throws IOException {
        client.close();
        worker.close();
    }
}
