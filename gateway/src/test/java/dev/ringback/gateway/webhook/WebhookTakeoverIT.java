package dev.ringback.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.RedisProcess;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two gateways on one Redis that are killed while they deliver: each event arrives, under one id, be it more than once. */
class WebhookTakeoverIT {
    private static final int RECEIVERS = 4;
    private static final int CALLERS = 8;
    private static final long SEED = Long.getLong("chaos.seed", 20_266);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final HttpClient client = HttpClient.newHttpClient();
    private final RedisProcess redis = RedisProcess.start();
    private final List<Receiver> receivers = new ArrayList<>();
    private final AtomicReferenceArray<GatewayProcess> gateways = new AtomicReferenceArray<>(2);

    private void start() {
        for (int i = 0; i < RECEIVERS; i++) {
            receivers.add(Receiver.start());
        }
        for (int i = 0; i < gateways.length(); i++) {
            gateways.set(i, startGateway());
        }
    }

    private GatewayProcess startGateway() {
        return GatewayProcess.start(WebhookCaller.local(
                "store.kind=redis",
                "redis.uri=" + redis.uri(),
                "webhook.schedule=[0s, 500ms, 1s, 2s, 5s, 5s, 5s]",
                "webhook.circuit-open=500ms"));
    }

    @AfterEach
    void close() {
        for (int i = 0; i < gateways.length(); i++) {
            GatewayProcess gateway = gateways.get(i);
            if (gateway != null) {
                gateway.close();
            }
        }
        receivers.forEach(Receiver::close);
        redis.close();
    }

    @Test
    @Tag("chaos")
    void tenThousandDeliveriesArriveThoughGatewaysAreKilledAgainAndAgain() throws Exception {
        start();
        deliver(5_000, 7, new Random(SEED));
    }

    @Test
    void deliveriesArriveThoughAGatewayIsKilled() throws Exception {
        start();
        deliver(250, 1, new Random(11));
    }

    /** Each job is told to its own URL and to one endpoint for all. */
    private void deliver(int jobs, int kills, Random random) throws Exception {
        new WebhookCaller(gateways.get(0)).endpoint(receivers.get(0).url("/endpoint"), "");
        AtomicInteger next = new AtomicInteger();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            for (int i = 0; i < CALLERS; i++) {
                callers.execute(() -> {
                    for (int job = next.getAndIncrement(); job < jobs; job = next.getAndIncrement()) {
                        submitAndEnd(job);
                    }
                });
            }
            for (int kill = 1; kill <= kills; kill++) {
                int far = (int) ((long) jobs * kill / (kills + 1));
                await().atMost(LONGEST).until(() -> next.get() >= far);
                int victim = random.nextInt(gateways.length());
                gateways.get(victim).kill();
                gateways.get(victim).close();
                gateways.set(victim, startGateway());
            }
            callers.shutdown();
            assertThat(callers.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            callers.shutdownNow();
        }
        await().atMost(LONGEST)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(told().keySet()).hasSize(2 * jobs));
        assertThat(told().values()).as("the identities of each delivery").allMatch(ids -> ids.size() == 1);
        int received = receivers.stream().mapToInt(it -> it.requests().size()).sum();
        System.out.printf("webhooks: %d deliveries, %d kills, %d repeats%n", 2 * jobs, kills, received - 2 * jobs);
    }

    /** Tries until some gateway has said yes to both. */
    private void submitAndEnd(int job) {
        String body = "{\"type\":\"report\",\"webhook\":{\"url\":\""
                + receivers.get(job % RECEIVERS).url("/own") + "\",\"secret\":\"" + WebhookCaller.SECRET + "\"}}";
        insist(job, "PUT", "/jobs/job-" + job, body);
        insist(job, "POST", "/jobs/job-" + job + "/events", "{\"status\":\"completed\"}");
    }

    private void insist(int job, String method, String path, String body) {
        int[] attempt = {job};
        await().atMost(LONGEST)
                .pollInterval(Duration.ofMillis(100))
                .pollDelay(Duration.ZERO)
                .until(() -> {
                    try {
                        GatewayProcess gateway = gateways.get(attempt[0]++ % gateways.length());
                        int status = new WebhookCaller(client, gateway.http(""), gateway.admin(""))
                                .send(method, path, body)
                                .status();
                        assertThat(status).isIn(200, 202, 503);
                        return status != 503;
                    } catch (UncheckedIOException e) {
                        return false;
                    }
                });
    }

    /** The identities under which each delivery came, by job and path. */
    private Map<String, Set<String>> told() {
        Map<String, Set<String>> told = new TreeMap<>();
        for (Receiver receiver : receivers) {
            for (Receiver.Request request : receiver.requests()) {
                String text = request.text();
                int at = text.indexOf("\"jobId\":\"") + 9;
                String job = text.substring(at, text.indexOf('"', at));
                told.computeIfAbsent(job + request.target(), key -> new TreeSet<>())
                        .add(request.header("webhook-id"));
            }
        }
        return told;
    }
}
