package dev.ringback.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.faults.FileLoad.Told;
import dev.ringback.gateway.testkit.GatewayProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway with its jobs in a file: killed, locked out, and with a disk that takes no more (I1, I3). */
@Tag("chaos")
class FileStoreIT {
    /** {@code -Dfile.kills=200} kills more often. */
    private static final int KILLS = Integer.getInteger("file.kills", 10);

    private static final int CLIENTS = 8;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private GatewayProcess start(String... more) {
        String[] settings = new String[more.length + 2];
        settings[0] = "store.kind=file";
        settings[1] = "store.path=" + directory.resolve("jobs.db");
        System.arraycopy(more, 0, settings, 2, more.length);
        return GatewayProcess.start(settings);
    }

    @Test
    void whatSomeoneWasToldIsThereAfterEveryKill() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Told> everything = new ConcurrentHashMap<>();
        GatewayProcess gateway = start();
        try {
            for (int kill = 1; kill <= KILLS; kill++) {
                ConcurrentHashMap<String, Told> told = new ConcurrentHashMap<>();
                FileLoad load = FileLoad.start(gateway, told, CLIENTS, random.nextLong());
                await().until(() -> !told.isEmpty());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(600)));
                gateway.kill();
                load.join();
                gateway.close();
                gateway = start();
                assertThere(gateway, told, "seed " + seed + ", kill " + kill);
                everything.putAll(told);
            }
            assertThere(gateway, everything, "seed " + seed + ", all kills");
        } finally {
            gateway.close();
        }
    }

    private static void assertThere(GatewayProcess gateway, Map<String, Told> told, String when) throws Exception {
        for (Map.Entry<String, Told> job : told.entrySet()) {
            Told was = job.getValue();
            Told is = FileLoad.now(gateway, job.getKey());
            assertThat(is.version()).as("%s: %s", when, job).isGreaterThanOrEqualTo(was.version());
            if (!was.end().isEmpty()) {
                assertThat(is).as("%s: the end of %s", when, job).isEqualTo(was);
            }
        }
    }

    @Test
    void secondGatewayOnTheSameFileDoesNotStart() throws Exception {
        try (GatewayProcess first = start()) {
            assertThatThrownBy(this::start).hasMessageContaining("is in use by another gateway");
            assertThat(first.readiness().statusCode()).isEqualTo(200);
        }
    }

    /** The limit on the size of files of the process stands for a disk without room: writes fail, reads do not. */
    @Test
    void diskWithoutRoomIsNamedAndNothingAcknowledgedIsLostAndAllGoesOnWhenThereIsRoom() throws Exception {
        try (GatewayProcess gateway = start("jobs.result-ttl=1h")) {
            assertThat(put(gateway, "kept").statusCode()).isEqualTo(202);
            long wal = Files.size(directory.resolve("jobs.db-wal"));
            limitFiles(gateway, String.valueOf(wal));

            HttpResponse<String> refused = put(gateway, "refused");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(FileLoad.now(gateway, "/jobs/kept")).isEqualTo(new Told(1, ""));
            assertThat(gateway.readiness().statusCode()).isEqualTo(503);
            assertThat(gateway.readiness().body()).contains("store: ");
            assertThat(get(gateway, "/jobs/refused").statusCode()).isEqualTo(404);
            assertThatReadsGoOnBesideWrites(gateway);

            limitFiles(gateway, "unlimited");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(gateway.readiness().statusCode()).isEqualTo(200));
            assertThat(put(gateway, "refused").statusCode()).isEqualTo(202);
            gateway.kill();
        }
        try (GatewayProcess again = start()) {
            assertThat(FileLoad.now(again, "/jobs/kept")).isEqualTo(new Told(1, ""));
            assertThat(FileLoad.now(again, "/jobs/refused")).isEqualTo(new Told(1, ""));
        }
    }

    private static void assertThatReadsGoOnBesideWrites(GatewayProcess gateway) {
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            writes.add(statusOf(HttpRequest.newBuilder(gateway.http("/jobs/refused"))
                    .PUT(BodyPublishers.ofString("{\"type\":\"t\"}"))));
            reads.add(statusOf(HttpRequest.newBuilder(gateway.http("/jobs/kept"))));
        }
        assertThat(reads).extracting(CompletableFuture::join).containsOnly(200);
        assertThat(writes).extracting(CompletableFuture::join).containsOnly(503);
    }

    private static CompletableFuture<Integer> statusOf(HttpRequest.Builder request) {
        return CLIENT.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(HttpResponse::statusCode);
    }

    private static void limitFiles(GatewayProcess gateway, String bytes) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder(
                        "prlimit", "--pid", String.valueOf(gateway.pid()), "--fsize=" + bytes + ":unlimited")
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor()).isZero();
    }

    private static HttpResponse<String> put(GatewayProcess gateway, String id) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(gateway.http("/jobs/" + id))
                        .PUT(BodyPublishers.ofString("{\"type\":\"t\"}"))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(GatewayProcess gateway, String path) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(gateway.http(path)).build(), BodyHandlers.ofString());
    }
}
