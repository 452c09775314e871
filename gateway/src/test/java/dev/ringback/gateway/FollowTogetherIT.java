package dev.ringback.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamException;
import dev.ringback.gateway.DemoPageIT.Browser;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocketListener;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One job, followed at once by every kind of client that there is: all are told the same story (I1, I2). */
class FollowTogetherIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PROGRESS_EVENTS = 20;
    private static final int LAST_VERSION = PROGRESS_EVENTS + 2;
    private static final List<Integer> ALL_VERSIONS =
            IntStream.rangeClosed(1, LAST_VERSION).boxed().toList();
    private static final int STREAMS_OF_A_KIND = 3;
    private static final String JOB = "/jobs/together";

    private final HttpClient http = HttpClient.newHttpClient();
    private final OkHttpClient ok =
            new OkHttpClient.Builder().readTimeout(Duration.ofMinutes(1)).build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Follower> streams = new ArrayList<>();
    private final List<Follower> polls = new ArrayList<>();
    private final TestGateway gateway = TestGateway.start();

    /** What one client has seen. */
    private static final class Follower {
        private final String name;
        private final List<Integer> versions = Collections.synchronizedList(new ArrayList<>());
        private final List<String> terminals = Collections.synchronizedList(new ArrayList<>());
        /** The client has seen the end, and that nothing follows it. */
        private final CountDownLatch ended = new CountDownLatch(1);

        private Follower(String name) {
            this.name = name;
        }

        /** Takes note of a state; true where it is the job's last. */
        private boolean saw(String json) {
            try {
                JsonNode state = JSON.readTree(json);
                versions.add(state.path("version").asInt());
                boolean terminal = state.has("completedAt");
                if (terminal) {
                    terminals.add(state.path("status").asText());
                }
                return terminal;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** As {@link #saw}; a poll may find the same state again. */
        private boolean polled(String json) throws IOException {
            int version = JSON.readTree(json).path("version").asInt();
            boolean again = !versions.isEmpty() && versions.get(versions.size() - 1) == version;
            return !again && saw(json);
        }

        /** One line of an event stream. */
        private void line(String line) {
            if (line.startsWith("data: ")) {
                saw(line.substring(6));
            }
        }

        /** A WebSocket's message; true where the job has ended, and it is time to ask whether anything follows. */
        private boolean message(String text) {
            if (text.startsWith("{\"pong\"")) {
                ended.countDown();
                return false;
            }
            return text.startsWith("{\"event\"") && saw(text);
        }
    }

    @BeforeEach
    void makeJob() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.http(JOB))
                .PUT(HttpRequest.BodyPublishers.ofString("{\"type\":\"t\"}"))
                .build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(202);
    }

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        ok.dispatcher().executorService().shutdown();
        ok.connectionPool().evictAll();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        gateway.close();
    }

    @Test
    void everyClientIsToldTheSameStory() throws Exception {
        startAll();
        awaitStreams(STREAMS_OF_A_KIND);
        work();
        assertAllToldTheSame();
    }

    /** All of them again, beside a page that follows in four ways. */
    @Test
    void everyClientIsToldTheSameStoryAsABrowser() throws Exception {
        assumeTrue(Browser.isThere(), Browser.ABSENT);
        try (Browser browser = Browser.start()) {
            browser.open(gateway.http("/#job=together"));
            startAll();
            awaitStreams(STREAMS_OF_A_KIND + 1);
            work();
            assertAllToldTheSame();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> browser.script("return document.body.dataset.state")
                            .asText()
                            .equals("done"));
            JsonNode panels = browser.script("return window.ringback.panels");
            for (String name : List.of("sse", "websocket", "poll", "longpoll")) {
                Follower panel = new Follower("browser: " + name);
                panels.path(name).path("versions").forEach(version -> panel.versions.add(version.asInt()));
                IntStream.range(0, panels.path(name).path("terminals").asInt())
                        .forEach(i -> panel.terminals.add("completed"));
                assertToldAll(panel, name.endsWith("poll"));
            }
            assertThat(browser.console()).isEmpty();
        }
    }

    private void startAll() {
        start(polls, "curl short poll", this::curlShortPoll);
        start(polls, "curl long poll", this::curlLongPoll);
        start(polls, "okhttp long poll", this::okHttpLongPoll);
        start(streams, "curl SSE", this::curlSse);
        start(streams, "okhttp-eventsource", this::eventSource);
        start(streams, "java.net.http lines", this::httpClientLines);
        start(streams, "okhttp WebSocket", this::okHttpWebSocket);
        start(streams, "Java-WebSocket", this::javaWebSocket);
        start(streams, "java.net.http WebSocket", this::httpClientWebSocket);
    }

    private interface Client {
        /** Follows the job to its end. */
        void follow(Follower follower) throws Exception;
    }

    private void start(List<Follower> kind, String name, Client client) {
        Follower follower = new Follower(name);
        kind.add(follower);
        threads.execute(() -> {
            try {
                client.follow(follower);
            } catch (Exception | AssertionError e) {
                follower.terminals.add("failure: " + e);
                follower.ended.countDown();
            }
        });
    }

    private void awaitStreams(int ofAKind) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(get(gateway.admin("/metrics")))
                        .contains("ringback_waiting{transport=\"sse\"} " + ofAKind + ".0")
                        .contains("ringback_waiting{transport=\"websocket\"} " + ofAKind + ".0"));
        await().until(() -> streams.stream().noneMatch(follower -> follower.versions.isEmpty()));
        await().until(() -> polls.stream().noneMatch(follower -> follower.versions.isEmpty()));
    }

    private String get(URI uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** A worker's calm pace: no event comes before all streams were told the one before, so that none replaces another. */
    private void work() throws Exception {
        for (int i = 1; i <= PROGRESS_EVENTS; i++) {
            post("{\"progress\":{\"current\":" + i + ",\"total\":" + PROGRESS_EVENTS + "}}");
            int told = i + 1;
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> streams.stream().allMatch(follower -> follower.versions.contains(told)));
        }
        post("{\"status\":\"completed\",\"result\":{\"ok\":true}}");
    }

    private void post(String event) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(gateway.http(JOB + "/events"))
                .POST(HttpRequest.BodyPublishers.ofString(event))
                .build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    private void assertAllToldTheSame() throws InterruptedException {
        for (Follower follower : streams) {
            assertThat(follower.ended.await(20, TimeUnit.SECONDS))
                    .as(follower.name)
                    .isTrue();
            assertToldAll(follower, false);
        }
        for (Follower follower : polls) {
            assertThat(follower.ended.await(20, TimeUnit.SECONDS))
                    .as(follower.name)
                    .isTrue();
            assertToldAll(follower, true);
        }
    }

    private static void assertToldAll(Follower follower, boolean polls) {
        assertThat(follower.terminals).as(follower.name).containsExactly("completed");
        assertThat(follower.versions).as(follower.name).isSorted().doesNotHaveDuplicates();
        if (polls) {
            assertThat(ALL_VERSIONS).as(follower.name).containsAll(follower.versions);
            assertThat(follower.versions).as(follower.name).endsWith(LAST_VERSION);
        } else {
            assertThat(follower.versions).as(follower.name).isEqualTo(ALL_VERSIONS);
        }
    }

    private void curlShortPoll(Follower follower) throws Exception {
        while (!follower.polled(curl(gateway.http(JOB).toString())[1])) {
            Thread.onSpinWait();
        }
        follower.ended.countDown();
    }

    private void curlLongPoll(Follower follower) throws Exception {
        String etag = "\"none\"";
        for (boolean ended = false; !ended; ) {
            String[] answer =
                    curl("-H", "If-None-Match: " + etag, gateway.http(JOB).toString() + waiting(follower));
            etag = answer[0].replaceAll("(?s).*ETag: (\\S+).*", "$1");
            ended = follower.polled(answer[1]);
        }
        follower.ended.countDown();
    }

    /** The first poll asks for the state as it is, the others wait for the next. */
    private static String waiting(Follower follower) {
        return follower.versions.isEmpty() ? "" : "?wait=30";
    }

    /** Runs curl; answers the head and the body. */
    private static String[] curl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "-i", "--noproxy", "*"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        return new String(process.getInputStream().readAllBytes(), UTF_8).split("\r\n\r\n", 2);
    }

    private void okHttpLongPoll(Follower follower) throws Exception {
        String etag = "\"none\"";
        for (boolean ended = false; !ended; ) {
            Request request = new Request.Builder()
                    .url(gateway.http(JOB) + waiting(follower))
                    .header("If-None-Match", etag)
                    .build();
            try (Response response = ok.newCall(request).execute()) {
                etag = String.valueOf(response.header("ETag"));
                ended = follower.polled(response.body().string());
            }
        }
        follower.ended.countDown();
    }

    // ── Server-Sent Events: the end of the stream shows that nothing follows ───────────────────────────────────

    private void curlSse(Follower follower) throws Exception {
        Process process = new ProcessBuilder(
                        "curl",
                        "-sSN",
                        "--noproxy",
                        "*",
                        gateway.http(JOB + "/events").toString())
                .start();
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            lines.lines().forEach(follower::line);
        }
        follower.ended.countDown();
    }

    private void eventSource(Follower follower) throws Exception {
        try (EventSource source = new EventSource.Builder(gateway.http(JOB + "/events")).build()) {
            source.start();
            while (true) {
                MessageEvent event = source.readMessage();
                boolean last = follower.saw(event.getData());
                assertThat(event.getEventName().equals("complete")).isEqualTo(last);
            }
        } catch (StreamException endOfStream) {
            follower.ended.countDown();
        }
    }

    private void httpClientLines(Follower follower) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.http(JOB))
                .header("Accept", "text/event-stream")
                .build();
        http.send(request, HttpResponse.BodyHandlers.ofLines()).body().forEach(follower::line);
        follower.ended.countDown();
    }

    // ── WebSocket: the answer to a ping after the end shows that nothing follows ───────────────────────────────

    private void okHttpWebSocket(Follower follower) throws Exception {
        Request request =
                new Request.Builder().url(gateway.http(JOB).toString()).build();
        okhttp3.WebSocket socket = ok.newWebSocket(request, new WebSocketListener() {
            @Override
            public void onMessage(okhttp3.WebSocket webSocket, String text) {
                if (follower.message(text)) {
                    webSocket.send("{\"ping\":1}");
                }
            }
        });
        follower.ended.await();
        socket.close(1000, null);
    }

    private void javaWebSocket(Follower follower) throws Exception {
        WebSocketClient client = new WebSocketClient(gateway.ws(JOB)) {
            @Override
            public void onOpen(ServerHandshake handshake) {}

            @Override
            public void onMessage(String text) {
                if (follower.message(text)) {
                    send("{\"ping\":1}");
                }
            }

            @Override
            public void onClose(int code, String reason, boolean remote) {}

            @Override
            public void onError(Exception failure) {
                follower.terminals.add("failure: " + failure);
            }
        };
        client.connectBlocking();
        follower.ended.await();
        client.closeBlocking();
    }

    private void httpClientWebSocket(Follower follower) throws Exception {
        WebSocket socket = http.newWebSocketBuilder()
                .buildAsync(gateway.ws(JOB), new WebSocket.Listener() {
                    private final StringBuilder message = new StringBuilder();

                    @Override
                    public CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
                        message.append(part);
                        webSocket.request(1);
                        String text = message.toString();
                        message.setLength(last ? 0 : message.length());
                        boolean ended = last && follower.message(text);
                        return ended
                                ? webSocket.sendText("{\"ping\":1}", true)
                                : CompletableFuture.completedFuture(webSocket);
                    }
                })
                .join();
        follower.ended.await();
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }
}
