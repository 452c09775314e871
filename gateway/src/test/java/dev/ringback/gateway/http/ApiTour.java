package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A tour of everything that the client port answers, by real requests to gateways in real trouble; each answer is kept. */
final class ApiTour {
    /** A request's first line, and what came back. */
    record Stop(String requestLine, Answer answer) {}

    private static final String JOB = "{\"type\":\"t\"}";
    private static final String FAILED = "{\"status\":\"failed\",\"error\":{\"code\":\"busy\",\"retryable\":true}}";
    private static final String CLIENT = "Authorization: Bearer shop-client-token-1";
    private static final String TOKENS = "auth.tokens=[{token: shop-client-token-1, owner: shop, role: client}]";
    private static final String FOREIGN = "Origin: https://evil.example";
    private static final String STREAM = "Accept: text/event-stream";

    /** A request for a job on each operation that there is, {@code ID} standing for the job. */
    static final List<String> OPERATIONS = List.of(
            request("GET", "/jobs"),
            withBody("POST", "/jobs", JOB),
            request("GET", "/jobs/ID"),
            request("GET", "/jobs/ID?wait=1"),
            withBody("PUT", "/jobs/ID", JOB),
            request("DELETE", "/jobs/ID"),
            request("POST", "/jobs/ID/retry"),
            request("GET", "/jobs/ID/tree"),
            request("GET", "/jobs/ID/result?wait=1"),
            withBody("PUT", "/jobs/ID/result", "bytes"),
            request("POST", "/jobs/ID/result/url"),
            request("GET", "/jobs/ID/events"),
            withBody("POST", "/jobs/ID/events", "{\"progress\":1}"),
            request("GET", "/events?jobs=ID"),
            RawWebSocket.handshake("/ws"));

    private final List<Stop> stops = new ArrayList<>();

    /** Goes everywhere. */
    static List<Stop> all() {
        ApiTour tour = new ApiTour();
        tour.everydayAnswers();
        tour.waits();
        tour.uploads();
        tour.mistakes();
        tour.strangers();
        tour.expiredJobs();
        tour.fullGateways();
        tour.redisInTrouble();
        tour.connections();
        WebhookTour.with(tour);
        QueueTour.with(tour);
        return tour.stops;
    }

    Answer ask(TestGateway gateway, String request) {
        return askAll(gateway, List.of(request)).get(0);
    }

    /** All at once, each on a connection of its own. */
    List<Answer> askAll(TestGateway gateway, List<String> requests) {
        List<RawConnection> connections = requests.stream()
                .map(request -> new RawConnection(gateway).send(request))
                .toList();
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            String line = requests.get(i).split("\r\n")[0];
            try (RawConnection connection = connections.get(i)) {
                answers.add(connection.answer(line.startsWith("HEAD ")));
                stops.add(new Stop(line, answers.get(i)));
            }
        }
        return answers;
    }

    private static List<String> about(String id) {
        return OPERATIONS.stream()
                .map(request -> request.replaceFirst("ID([ ?/])", id + "$1"))
                .toList();
    }

    private static String event(String id, String event) {
        return withBody("POST", "/jobs/" + id + "/events", event);
    }

    private static String put(String id) {
        return withBody("PUT", "/jobs/" + id, JOB);
    }

    private void everydayAnswers() {
        try (TestGateway gateway = TestGateway.start("cors.origins=[https://app.example]")) {
            ask(gateway, request("GET", "/", "Origin: https://app.example"));
            ask(gateway, request("HEAD", "/"));
            ask(gateway, withBody("POST", "/jobs", JOB, "Idempotency-Key: k", "X-Correlation-Id: c"));
            ask(gateway, withBody("POST", "/jobs", JOB, "Idempotency-Key: k", "traceparent: 00-1-2-01"));
            ask(gateway, withBody("POST", "/jobs", "{\"type\":\"u\"}", "Idempotency-Key: k"));
            askAll(gateway, List.of(put("j"), put("ended"), put("failed"), put("moved"), put("cancelled")));
            ask(gateway, put("j"));
            ask(gateway, withBody("PUT", "/jobs/j", "{\"type\":\"other\"}"));
            String tag = ask(gateway, request("GET", "/jobs/j")).header("ETag");
            ask(gateway, request("GET", "/jobs/j", "If-None-Match: " + tag));
            ask(gateway, request("HEAD", "/jobs/j", "If-None-Match: " + tag));
            ask(gateway, event("j", "{\"progress\":{\"current\":1,\"total\":2}}"));
            ask(gateway, request("GET", "/jobs/j"));
            ask(gateway, event("ended", "{\"status\":\"completed\",\"result\":[1]}"));
            ask(gateway, event("ended", "{\"status\":\"completed\",\"result\":[1]}"));
            ask(gateway, event("ended", "{\"progress\":1}"));
            ask(gateway, event("moved", "{\"status\":\"completed\",\"resultUrl\":\"https://elsewhere.example/r\"}"));
            ask(gateway, event("failed", FAILED));
            askAll(gateway, List.of(request("POST", "/jobs/failed/retry"), request("GET", "/jobs/failed")));
            ask(gateway, request("POST", "/jobs/failed/retry"));
            ask(gateway, request("POST", "/jobs/j/retry"));
            ask(gateway, request("DELETE", "/jobs/cancelled"));
            ask(gateway, request("DELETE", "/jobs/ended"));
            ask(gateway, event("cancelled", "{\"progress\":1}"));
            ask(gateway, request("POST", "/jobs/cancelled/retry"));
            ask(gateway, request("GET", "/jobs?limit=2&status=failed,queued"));
            ask(gateway, request("GET", "/jobs?limit=100&type=t"));
            askAll(gateway, about("nothing").stream().filter(ApiTour::makesNone).toList());
        }
    }

    private static boolean makesNone(String request) {
        return !request.startsWith("PUT") && !(request.startsWith("POST") && request.contains("/events "));
    }

    private void waits() {
        try (TestGateway gateway = TestGateway.start()) {
            askAll(gateway, List.of(put("j"), put("k")));
            ask(gateway, event("k", "{\"status\":\"completed\",\"result\":{\"rows\":1}}"));
            ask(gateway, event("f", FAILED));
            String tag = ask(gateway, request("GET", "/jobs/j")).header("ETag");
            String last = ask(gateway, request("GET", "/jobs/k")).header("ETag").replaceAll("W/|\"", "");
            askAll(
                    gateway,
                    List.of(
                            withBody("POST", "/jobs", JOB, "Prefer: wait=1"),
                            withBody("PUT", "/jobs/j", JOB, "Prefer: wait=1"),
                            withBody("PUT", "/jobs/k", JOB, "Prefer: wait=1"),
                            request("GET", "/jobs/j?wait=1"),
                            request("GET", "/jobs/j", "Prefer: wait=1", "If-None-Match: " + tag),
                            request("GET", "/jobs/k", "Prefer: wait=1"),
                            request("GET", "/jobs/k", STREAM),
                            request("HEAD", "/jobs/k", STREAM),
                            request("GET", "/jobs/k", STREAM, "Last-Event-ID: " + last),
                            request("GET", "/jobs/k/events"),
                            request("HEAD", "/jobs/j/events"),
                            request("GET", "/jobs/k/events?after=" + last),
                            request("GET", "/events?jobs=k,f"),
                            request("HEAD", "/events?jobs=k"),
                            request("GET", "/jobs/j/result?wait=1"),
                            request("GET", "/jobs/k/result"),
                            request("HEAD", "/jobs/k/result"),
                            request("GET", "/jobs/f/result"),
                            RawWebSocket.handshake("/jobs/j", "Sec-WebSocket-Protocol: ringback.v1"),
                            RawWebSocket.handshake("/ws")));
            String many = ask(gateway, request("GET", "/events?jobs=k")).text();
            String vector = many.replaceAll("(?s).*id: (\\S+)\n.*", "$1");
            ask(gateway, request("GET", "/events?jobs=k", "Last-Event-ID: " + vector));
            ask(gateway, event("moved", "{\"status\":\"completed\",\"resultUrl\":\"https://elsewhere.example/r\"}"));
            ask(gateway, request("GET", "/jobs/moved/result"));
        }
    }

    private void uploads() {
        String png = "Content-Type: image/png";
        try (TestGateway gateway = TestGateway.start(
                "results.max-bytes=4KiB", "results.memory-bytes=64KiB", "results.uploads=1", "results.kind=memory")) {
            String tag = ask(gateway, upload("j", "bytes", png)).header("ETag");
            ask(gateway, upload("j", "bytes", png));
            ask(gateway, upload("j", "other"));
            ask(gateway, upload("k", "bytes", "Content-Type: x"));
            ask(gateway, upload("k", "bytes", "Content-Range: bytes 0-4/9"));
            ask(gateway, upload("k", "bytes", "Content-Encoding: gzip"));
            ask(gateway, upload("k", "bytes", FOREIGN));
            ask(gateway, upload("k", "x".repeat(5_000)));
            for (String method : List.of("GET", "HEAD")) {
                ask(gateway, request(method, "/jobs/j/result"));
                ask(gateway, request(method, "/jobs/j/result", "Range: bytes=1-2"));
                ask(gateway, request(method, "/jobs/j/result", "Range: bytes=9-"));
                ask(gateway, request(method, "/jobs/j/result", "If-None-Match: " + tag));
            }
            ask(gateway, request("GET", "/jobs/j/result?expires=1&signature=AAAA"));
            String url = ask(gateway, withBody("POST", "/jobs/j/result/url", "{\"expiresIn\":60}"))
                    .json()
                    .path("url")
                    .textValue();
            ask(gateway, request("GET", url));
            ask(gateway, withBody("POST", "/jobs/j/result/url", "{\"expiresIn\":0}"));
            ask(gateway, withBody("POST", "/jobs/j/result/url", "{}", png));
            ask(gateway, withBody("POST", "/jobs/j/result/url", "{}", FOREIGN));
            try (RawConnection slow = new RawConnection(gateway)) {
                slow.send(request("PUT", "/jobs/l/result", "Content-Length: 5", "Expect: 100-continue"));
                slow.answer();
                ask(gateway, upload("m", "bytes"));
            }
            for (int i = 0; i < 20; i++) {
                ask(gateway, upload("full-" + i, "x".repeat(4_000)));
            }
        }
    }

    private static String upload(String id, String bytes, String... headerLines) {
        return withBody("PUT", "/jobs/" + id + "/result", bytes, headerLines);
    }

    private void mistakes() {
        try (TestGateway gateway = TestGateway.start()) {
            ask(gateway, put("j"));
            askAll(gateway, about("!"));
            for (String query : List.of("status=lost", "type=", "limit=0", "cursor=x")) {
                ask(gateway, request("GET", "/jobs?" + query));
            }
            for (String path : List.of("/jobs/j?wait=x", "/jobs/j/result?wait=x", "/events?jobs=!", "/events")) {
                ask(gateway, request("GET", path));
            }
            ask(gateway, request("GET", "/events?jobs=a,a"));
            ask(gateway, request("GET", "/events?jobs=" + "a,".repeat(24) + "a"));
            for (String target : List.of("POST /jobs", "PUT /jobs/j", "POST /jobs/j/events")) {
                String method = target.split(" ")[0];
                String path = target.split(" ")[1];
                ask(gateway, request(method, path));
                ask(gateway, withBody(method, path, "{"));
                ask(gateway, withBody(method, path, JOB, "Content-Type: image/png"));
                ask(gateway, withBody(method, path, JOB, FOREIGN));
            }
            ask(gateway, withBody("POST", "/jobs?wait=x", JOB));
            ask(gateway, withBody("PUT", "/jobs/j?wait=x", JOB));
            ask(gateway, withBody("POST", "/jobs", JOB, "Idempotency-Key: \"\""));
            ask(gateway, request("DELETE", "/jobs/j", FOREIGN));
            ask(gateway, request("POST", "/jobs/j/retry", FOREIGN));
            for (String path : List.of("/ws", "/jobs/j")) {
                ask(gateway, RawWebSocket.handshake(path, FOREIGN));
                ask(gateway, RawWebSocket.handshake(path).replace("Version: 13", "Version: 8"));
                ask(gateway, RawWebSocket.handshake(path).replace("Key: ", "Key: x"));
            }
            ask(gateway, request("GET", "/ws"));
        }
    }

    private void strangers() {
        try (TestGateway gateway = TestGateway.start("auth.mode=tokens", TOKENS, "jobs.auto-create=false")) {
            askAll(gateway, about("j"));
            ask(gateway, withBody("POST", "/jobs/j/events", "{\"progress\":1}", CLIENT));
            ask(gateway, upload("j", "bytes", CLIENT));
        }
        String worker = TOKENS.replace("role: client", "role: worker")
                .replace("}]", "}, {token: other-worker-token-1, owner: other, role: worker}]");
        try (TestGateway gateway = TestGateway.start("auth.mode=tokens", worker, "jobs.auto-create=false")) {
            ask(gateway, withBody("POST", "/jobs/j/events", "{\"progress\":1}", CLIENT));
            ask(gateway, upload("j", "bytes", CLIENT));
            ask(gateway, withBody("PUT", "/jobs/j", JOB, CLIENT));
            ask(gateway, withBody("PUT", "/jobs/j", JOB, "Authorization: Bearer other-worker-token-1"));
        }
    }

    private void expiredJobs() {
        try (TestGateway gateway = TestGateway.start("jobs.result-ttl=10ms")) {
            String keyed = withBody("POST", "/jobs", JOB, "Idempotency-Key: k");
            String id = ask(gateway, keyed).json().path("jobId").textValue();
            for (String ended : List.of(id, "j")) {
                ask(gateway, event(ended, "{\"status\":\"completed\"}"));
                await().until(() -> {
                    try (RawConnection connection = new RawConnection(gateway)) {
                        return connection
                                        .exchange(request("GET", "/jobs/" + ended))
                                        .status()
                                == 410;
                    }
                });
            }
            askAll(gateway, about("j"));
            ask(gateway, keyed);
        }
    }

    private void fullGateways() {
        String large = "{\"type\":\"t\",\"input\":\"" + "x".repeat(60_000) + "\"}";
        try (TestGateway gateway = TestGateway.start("store.memory-bytes=64KiB")) {
            for (String id : List.of("j", "k", "l", "m")) {
                ask(gateway, withBody("PUT", "/jobs/" + id, large));
            }
        }
        try (TestGateway gateway = TestGateway.start("hub.topics-per-shard=1", "hub.shards=1")) {
            askAll(gateway, List.of(put("j"), put("k")));
            try (RawConnection first = new RawConnection(gateway).send(request("GET", "/jobs/j/events"))) {
                first.read(100);
                askAll(
                        gateway,
                        List.of(
                                request("GET", "/jobs/k?wait=1"),
                                request("GET", "/jobs/k/result"),
                                withBody("PUT", "/jobs/k", JOB, "Prefer: wait=1"),
                                withBody("POST", "/jobs", JOB, "Prefer: wait=1"),
                                request("GET", "/jobs/k/events"),
                                request("GET", "/events?jobs=k")));
            }
        }
    }

    private void redisInTrouble() {
        try (RedisProcess redis = RedisProcess.start();
                TestGateway gateway = onRedis(redis, "store.timeout=300ms");
                TestGateway narrow = onRedis(redis, "store.timeout=2s", "redis.request-queue-size=16")) {
            ask(gateway, put("j"));
            redis.cli("SET", "job:damaged", "x");
            ask(gateway, request("GET", "/jobs/damaged"));
            redis.freeze();
            askAll(gateway, about("j").stream().filter(ApiTour::isNoStream).toList());
            askAll(
                    narrow,
                    IntStream.range(0, 60)
                            .mapToObj(i -> request("GET", "/jobs/job-" + i))
                            .toList());
            redis.thaw();
            redis.kill();
            await().until(() -> {
                try (RawConnection connection = new RawConnection(gateway)) {
                    String problem =
                            connection.exchange(request("GET", "/jobs/j")).text();
                    return problem.contains("store-unavailable");
                }
            });
            askAll(gateway, about("j").stream().filter(ApiTour::isNoStream).toList());
        }
    }

    private static boolean isNoStream(String request) {
        return !request.contains("GET /jobs/j/events") && !request.contains("GET /events");
    }

    private static TestGateway onRedis(RedisProcess redis, String... settings) {
        List<String> all = new ArrayList<>(List.of("store.kind=redis", "redis.uri=" + redis.uri()));
        all.addAll(List.of(settings));
        return TestGateway.start(all.toArray(String[]::new));
    }

    private void connections() {
        try (TestGateway gateway = TestGateway.start(
                "limits.body-bytes=1KiB",
                "limits.header-bytes=1KiB",
                "limits.request-line-bytes=512",
                "limits.header-timeout=200ms")) {
            ask(gateway, request("PATCH", "/jobs"));
            ask(gateway, request("GET", "/nowhere"));
            ask(gateway, request("GET", "/jobs/%zz"));
            ask(gateway, "GET /jobs HTTP/1.1\r\n\r\n");
            ask(gateway, "GET /jobs HTTP/1.1\r\nHost: a b\r\n\r\n");
            ask(gateway, "GET /jobs HTTP/1.1\r\nno colon\r\n\r\n");
            ask(gateway, "GET /jobs HTTP/1.1\r\nHost: localhost\r\n");
            ask(gateway, withBody("POST", "/jobs", "x".repeat(2_000)));
            ask(gateway, request("GET", "/jobs?" + "x".repeat(600)));
            ask(gateway, request("GET", "/jobs", "Expect: miracles"));
            ask(gateway, request("GET", "/jobs", "X-Long: " + "x".repeat(2_000)));
            ask(gateway, "GET /jobs HTTP/1.2\r\nHost: localhost\r\n\r\n");
            ask(gateway, "GET /jobs HTTP/3.0\r\nHost: localhost\r\n\r\n");
        }
        try (TestGateway gateway = TestGateway.start("limits.connections=1")) {
            askAll(gateway, List.of(request("GET", "/jobs"), request("GET", "/jobs"), request("GET", "/jobs")));
        }
    }
}
