package dev.ringback.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Hammers two gateways on a real Redis with jobs that end at about the moment at which somebody begins to wait: while a topic
 * subscribes, reads, merges, lingers and unsubscribes. {@code -Drace.jobs=N} runs more.
 */
class SubscribeRaceIT {
    private static final int JOBS = Integer.getInteger("race.jobs", 3000);
    private static final int AT_ONCE = 48;
    private static final int LINGER_MILLIS = 50;

    private static RedisProcess redis;
    private static List<TestGateway> gateways;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        gateways = List.of(gateway(), gateway());
    }

    private static TestGateway gateway() {
        return TestGateway.start(
                "store.kind=redis",
                "redis.uri=" + redis.uri(),
                "hub.linger=" + LINGER_MILLIS + "ms",
                "hub.sweep-interval=1h");
    }

    @AfterAll
    static void stop() {
        gateways.forEach(TestGateway::close);
        redis.close();
    }

    @Test
    void whoeverWaitsHearsTheEndOnceHoweverCloseToItTheyCame() throws Exception {
        long seed = Long.getLong("race.seed", System.nanoTime());
        System.out.println("race.seed=" + seed + ", " + JOBS + " jobs");
        Random random = new Random(seed);
        Semaphore slots = new Semaphore(AT_ONCE);
        List<CompletableFuture<List<String>>> heard = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            slots.acquire();
            CompletableFuture<List<String>> job = job("race" + i, random);
            heard.add(job.whenComplete((done, failure) -> slots.release()));
        }
        for (int i = 0; i < JOBS; i++) {
            assertThat(heard.get(i).get(30, TimeUnit.SECONDS))
                    .as("what the waiters of job race%d heard", i)
                    .allMatch("one end"::equals);
        }
    }

    /** One job's end, its waiters, and someone who leaves before, each at a moment of its own. */
    private CompletableFuture<List<String>> job(String id, Random random) {
        List<CompletableFuture<String>> waiters = new ArrayList<>();
        leaver(id, random);
        int count = 1 + random.nextInt(3);
        for (int w = 0; w < count; w++) {
            TestGateway gateway = gateways.get(random.nextInt(2));
            boolean stream = random.nextBoolean();
            Executor later = later(random.nextInt(3 * LINGER_MILLIS));
            waiters.add(CompletableFuture.supplyAsync(() -> stream ? stream(gateway, id) : result(gateway, id), later)
                    .thenCompose(answer -> answer));
        }
        TestGateway worker = gateways.get(random.nextInt(2));
        HttpRequest end = HttpRequest.newBuilder(worker.http("/jobs/" + id + "/events"))
                .POST(BodyPublishers.ofString("{\"status\":\"completed\",\"result\":1}"))
                .build();
        CompletableFuture<String> ended = CompletableFuture.supplyAsync(
                        () -> client.sendAsync(end, BodyHandlers.ofString()), later(random.nextInt(3 * LINGER_MILLIS)))
                .thenCompose(answer -> answer)
                .thenApply(response -> response.statusCode() == 200 ? "one end" : "refused " + response.body());
        waiters.add(ended);
        return CompletableFuture.allOf(waiters.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> waiters.stream().map(CompletableFuture::join).toList());
    }

    /** Makes a topic, and leaves it to linger and to be unsubscribed at about the time when the others come. */
    private void leaver(String id, Random random) {
        HttpRequest request = HttpRequest.newBuilder(
                        gateways.get(random.nextInt(2)).http("/jobs/" + id + "/events"))
                .build();
        var leaving = client.sendAsync(request, BodyHandlers.discarding());
        later(random.nextInt(LINGER_MILLIS)).execute(() -> leaving.cancel(true));
    }

    private CompletableFuture<String> result(TestGateway gateway, String id) {
        HttpRequest request = HttpRequest.newBuilder(gateway.http("/jobs/" + id + "/result?wait=20"))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString())
                .thenApply(response -> response.body().equals("1") ? "one end" : "result " + response);
    }

    private CompletableFuture<String> stream(TestGateway gateway, String id) {
        HttpRequest request =
                HttpRequest.newBuilder(gateway.http("/jobs/" + id + "/events")).build();
        return client.sendAsync(request, BodyHandlers.ofString()).thenApply(response -> {
            int ends = response.body().split("event: complete", -1).length - 1;
            return ends == 1 ? "one end" : ends + " ends: " + response.body();
        });
    }

    private static Executor later(int millis) {
        return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, ForkJoinPool.commonPool());
    }
}
