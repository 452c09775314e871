package dev.ringback.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.GatewayProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients that make, move, end and read jobs of one gateway until it is killed, and remember what they were told of each: by an
 * acknowledgement or by a read. All of that must be there afterwards.
 */
final class FileLoad {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final Pattern JOB = Pattern.compile("\"jobId\":\"([^\"]+)\"");
    private static final Pattern VERSION = Pattern.compile("\"version\":(\\d+)");
    private static final Pattern STATUS = Pattern.compile("\"status\":\"([a-z]+)\"");

    /** What someone was told of a job; the end is empty while it has none. */
    record Told(long version, String end) {
        Told later(Told other) {
            return other.version > version ? other : this;
        }
    }

    private final GatewayProcess gateway;
    private final Map<String, Told> told;
    private final List<Thread> clients = new ArrayList<>();
    /** What clients were answered that nobody should be. */
    private final Queue<AssertionError> mistakes = new ConcurrentLinkedQueue<>();

    private FileLoad(GatewayProcess gateway, Map<String, Told> told) {
        this.gateway = gateway;
        this.told = told;
    }

    /** Begins; what they are told is added to the map. */
    static FileLoad start(GatewayProcess gateway, ConcurrentHashMap<String, Told> told, int clients, long seed) {
        FileLoad load = new FileLoad(gateway, told);
        for (int i = 0; i < clients; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            Thread thread = new Thread(() -> load.run(random), "client-" + i);
            thread.start();
            load.clients.add(thread);
        }
        return load;
    }

    /** Waits until the last client has noticed that the gateway is gone. */
    void join() throws InterruptedException {
        for (Thread client : clients) {
            client.join();
        }
        assertThat(mistakes).isEmpty();
    }

    private void run(SplittableRandom random) {
        try {
            while (true) {
                oneJob(random);
            }
        } catch (IOException e) {
            // The gateway was killed: that is the end of this load.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (AssertionError mistake) {
            mistakes.add(mistake);
        }
    }

    private void oneJob(SplittableRandom random) throws IOException, InterruptedException {
        HttpResponse<String> made = post("/jobs", "{\"type\":\"t\",\"input\":{\"seed\":" + random.nextInt() + "}}");
        assertThat(made.statusCode()).isEqualTo(202);
        String job = "/jobs/" + group(JOB, made.body());
        tell(job, new Told(Long.parseLong(group(VERSION, made.body())), ""));
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            move(job, "processing", "{\"status\":\"processing\",\"progress\":{\"current\":" + i + "}}");
        }
        if (random.nextBoolean()) {
            read(job);
        }
        if (random.nextInt(3) > 0) {
            String end = random.nextBoolean() ? "completed" : "failed";
            move(job, end, "{\"status\":\"" + end + "\"}");
        }
    }

    private void move(String job, String status, String body) throws IOException, InterruptedException {
        HttpResponse<String> moved = post(job + "/events", body);
        assertThat(moved.statusCode()).isEqualTo(200);
        boolean ends = !status.equals("processing");
        tell(job, new Told(Long.parseLong(group(VERSION, moved.body())), ends ? status : ""));
    }

    private void read(String job) throws IOException, InterruptedException {
        tell(job, now(gateway, job));
    }

    private void tell(String job, Told now) {
        told.merge(job, now, Told::later);
    }

    /** What the gateway says of the job now. */
    static Told now(GatewayProcess gateway, String job) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(gateway.http(job))
                .timeout(Duration.ofSeconds(10))
                .build();
        HttpResponse<String> read = CLIENT.send(request, BodyHandlers.ofString());
        assertThat(read.statusCode()).as(job).isEqualTo(200);
        String status = group(STATUS, read.body());
        boolean ended = !status.equals("queued") && !status.equals("processing");
        return new Told(Long.parseLong(group(VERSION, read.body())), ended ? status : "");
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(gateway.http(path))
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    private static String group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }
}
