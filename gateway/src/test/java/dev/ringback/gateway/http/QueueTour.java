package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The part of the {@link ApiTour} that is about queues. */
final class QueueTour {
    private static final String JOB = "{\"type\":\"t\",\"input\":[1]}";
    private static final String FOREIGN = "Origin: https://evil.example";
    private static final String CLIENT = "Authorization: Bearer shop-client-token-1";
    private static final String TOKENS = "auth.tokens=[{token: shop-client-token-1, owner: shop, role: client}]";

    /** A request on each operation that only looks, {@code TYPE} and {@code ID} standing for a type and a job. */
    private static final List<String> LOOKS = List.of(
            request("GET", "/queues"),
            request("GET", "/queues/TYPE"),
            request("GET", "/queues/TYPE/dead"),
            request("GET", "/queues/TYPE/dead/ID"));

    /** A request on each operation that changes something. */
    private static final List<String> CHANGES = List.of(
            request("POST", "/queues/TYPE/lease"),
            request("POST", "/queues/TYPE/dead/ID/replay"),
            request("POST", "/queues/TYPE/dead/replay"),
            request("DELETE", "/queues/TYPE/dead/ID"),
            request("DELETE", "/queues/TYPE/dead"));

    private final ApiTour tour;

    private QueueTour(ApiTour tour) {
        this.tour = tour;
    }

    static void with(ApiTour tour) {
        QueueTour queues = new QueueTour(tour);
        queues.leases();
        queues.deadLetters();
        queues.mistakes();
        queues.strangers();
        queues.fullQueues();
        queues.storeInTrouble();
    }

    private static List<String> everything(String type, String id) {
        return Stream.concat(LOOKS.stream(), CHANGES.stream())
                .map(request -> request.replace("/TYPE", "/" + type).replace("/ID", "/" + id))
                .toList();
    }

    private String lease(TestGateway gateway, String query) {
        Answer answer = tour.ask(gateway, request("POST", "/queues/t/lease?wait=5&" + query));
        return answer.json().findValue("leaseId").textValue();
    }

    private Answer report(TestGateway gateway, String id, String leaseId, String members) {
        String body = "{\"leaseId\":\"" + leaseId + "\"" + members + "}";
        return tour.ask(gateway, withBody("POST", "/jobs/" + id + "/events", body));
    }

    private Answer put(TestGateway gateway, String id, String body) {
        return tour.ask(gateway, withBody("PUT", "/jobs/" + id, body));
    }

    private void leases() {
        try (TestGateway gateway = TestGateway.start("queues.retry-delay=0s", "jobs.auto-create=false")) {
            put(gateway, "j", JOB);
            String first = lease(gateway, "worker=w1&lease=60");
            put(gateway, "after", "{\"type\":\"t\",\"after\":[\"j\"],\"afterFailure\":\"cancel\",\"maxAttempts\":9}");
            report(gateway, "j", first, "");
            report(gateway, "j", first, ",\"progress\":{\"current\":1}");
            report(gateway, "j", first, ",\"status\":\"failed\",\"error\":{\"code\":\"busy\"}");
            String second = lease(gateway, "max=1");
            report(gateway, "j", first, "");
            report(gateway, "j", first, ",\"progress\":1");
            tour.ask(gateway, withBody("PUT", "/jobs/j/result?leaseId=" + first, "bytes"));
            report(gateway, "j", second, ",\"status\":\"queued\",\"delay\":0");
            tour.askAll(gateway, List.of(request("GET", "/jobs/after/tree"), request("HEAD", "/jobs/j/tree")));
            String third = lease(gateway, "");
            tour.ask(gateway, request("GET", "/queues"));
            tour.ask(gateway, withBody("PUT", "/jobs/j/result?leaseId=" + third, "bytes"));
            report(gateway, "j", third, ",\"status\":\"completed\"");
            report(gateway, "j", third, ",\"status\":\"failed\"");
            String follower = lease(gateway, "");
            tour.ask(gateway, request("DELETE", "/jobs/after"));
            report(gateway, "after", follower, "");
            report(gateway, "after", follower, ",\"progress\":1");
            report(gateway, "after", follower, ",\"status\":\"completed\"");
            report(gateway, "nobody", follower, "");
            tour.ask(gateway, request("POST", "/queues/t/lease"));
        }
    }

    /** Dead before the next request is sent. */
    private void die(TestGateway gateway, String id) {
        put(gateway, id, JOB);
        report(gateway, id, lease(gateway, ""), ",\"status\":\"failed\",\"error\":{\"retryable\":false}");
        await().until(() -> {
            try (RawConnection connection = new RawConnection(gateway)) {
                return connection
                        .exchange(request("GET", "/queues/t/dead"))
                        .text()
                        .contains("\"" + id + "\"");
            }
        });
    }

    private void deadLetters() {
        try (TestGateway gateway = TestGateway.start("jobs.result-ttl=10ms")) {
            List.of("a", "b", "c").forEach(id -> die(gateway, id));
            tour.ask(gateway, request("GET", "/queues/t/dead?limit=2"));
            tour.ask(gateway, request("HEAD", "/queues/t/dead"));
            String replay = request("POST", "/queues/t/dead/a/replay");
            String id = tour.ask(gateway, replay).json().path("jobId").textValue();
            tour.ask(gateway, replay);
            tour.ask(gateway, request("DELETE", "/jobs/" + id));
            await().until(() -> {
                try (RawConnection connection = new RawConnection(gateway)) {
                    return connection.exchange(request("GET", "/jobs/" + id)).status() == 410;
                }
            });
            tour.ask(gateway, replay);
            everything("t", "b").forEach(request -> tour.ask(gateway, request));
            everything("t", "nobody").forEach(request -> tour.ask(gateway, request));
            tour.ask(gateway, request("GET", "/queues/never-seen"));
        }
    }

    private void mistakes() {
        try (TestGateway gateway = TestGateway.start()) {
            put(gateway, "j", JOB);
            tour.askAll(gateway, everything("%0A", "j"));
            tour.askAll(gateway, everything("t", "!"));
            for (String query : List.of("wait=x", "max=0", "lease=x", "worker=")) {
                tour.ask(gateway, request("POST", "/queues/t/lease?" + query));
            }
            for (String query : List.of("limit=0", "cursor=x")) {
                tour.ask(gateway, request("GET", "/queues/t/dead?" + query));
            }
            tour.ask(gateway, request("DELETE", "/queues/t/dead?cursor=x"));
            tour.ask(gateway, request("POST", "/queues/t/dead/replay?cursor=x"));
            report(gateway, "j", "x", "");
            tour.ask(gateway, withBody("PUT", "/jobs/j/result?leaseId=x", "bytes"));
            for (String plan : List.of("\"after\":[\"nobody\"]", "\"maxAttempts\":0", "\"runAt\":\"then\"")) {
                put(gateway, "k", "{\"type\":\"t\"," + plan + "}");
                tour.ask(gateway, withBody("POST", "/jobs", "{\"type\":\"t\"," + plan + "}"));
            }
            everything("t", "j").stream()
                    .filter(request -> !request.startsWith("GET"))
                    .forEach(request -> tour.ask(gateway, request.replaceFirst("\r\n", "\r\n" + FOREIGN + "\r\n")));
        }
    }

    private void strangers() {
        try (TestGateway gateway = TestGateway.start("auth.mode=tokens", TOKENS)) {
            tour.askAll(gateway, everything("t", "j"));
            everything("t", "j")
                    .forEach(request -> tour.ask(gateway, request.replaceFirst("\r\n", "\r\n" + CLIENT + "\r\n")));
        }
    }

    private void fullQueues() {
        try (TestGateway gateway = TestGateway.start("queues.depth=1", "queues.waiting=1")) {
            try (RawConnection waiting = new RawConnection(gateway)) {
                waiting.send(request("POST", "/queues/other/lease?wait=30"));
                await().until(() -> Metrics.of(gateway, "ringback_queue_requests_waiting") == 1);
                tour.ask(gateway, request("POST", "/queues/other/lease?wait=30"));
            }
            die(gateway, "dead");
            put(gateway, "failed", JOB);
            tour.ask(
                    gateway,
                    withBody("POST", "/jobs/failed/events", "{\"status\":\"failed\",\"error\":{\"retryable\":true}}"));
            await().until(() -> {
                put(gateway, "fills", JOB);
                return put(gateway, "one-too-many", JOB).status() == 429;
            });
            tour.ask(gateway, withBody("POST", "/jobs", JOB));
            tour.ask(gateway, request("POST", "/jobs/failed/retry"));
            tour.ask(gateway, request("POST", "/queues/t/dead/dead/replay"));
            tour.ask(gateway, request("POST", "/queues/t/dead/replay"));
        }
    }

    private void storeInTrouble() {
        try (RedisProcess redis = RedisProcess.start();
                TestGateway gateway =
                        TestGateway.start("store.kind=redis", "redis.uri=" + redis.uri(), "store.timeout=300ms")) {
            redis.freeze();
            tour.askAll(gateway, everything("t", "j"));
            redis.thaw();
            // A gateway that is closed while it connects leaves Lettuce's read buffer unreleased.
            await().atMost(Duration.ofMinutes(1)).until(gateway::isReady);
        }
    }
}
