package dev.ringback.gateway.faults;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.HttpConnectStrategy;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamException;
import dev.ringback.gateway.testkit.TestGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;
import org.jspecify.annotations.Nullable;

/** Clients that wait for jobs in every way there is. A poll that is answered 503, or not at all, asks again, as clients do. */
final class Waiters implements AutoCloseable {
    private static final long POLL_AGAIN_MILLIS = 50;

    private final TestGateway gateway;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<AutoCloseable> open = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    Waiters(TestGateway gateway) {
        this.gateway = gateway;
    }

    /** Waits for a job in each way; one story each. */
    List<Story> follow(String job) throws InterruptedException {
        Story forResult = new Story("poll for the result of " + job);
        Story forChanges = new Story("poll for changes of " + job);
        Story sse = new Story("SSE of " + job);
        Story webSocket = new Story("WebSocket of " + job);
        pollForResult(job, forResult);
        pollForChanges(job, null, forChanges);
        followEvents(job, sse);
        followWebSocket(job, webSocket);
        return List.of(forResult, forChanges, sse, webSocket);
    }

    private void pollForResult(String job, Story story) {
        Runnable again = () -> pollForResult(job, story);
        poll(gateway.http("/jobs/" + job + "/result?wait=30"), null, story, again, answer -> {
            story.result(answer.body());
            story.closed("answered");
        });
    }

    private void pollForChanges(String job, @Nullable String etag, Story story) {
        URI uri = gateway.http("/jobs/" + job + (etag == null ? "" : "?wait=30"));
        Runnable again = () -> pollForChanges(job, etag, story);
        poll(uri, etag, story, again, answer -> {
            story.polled(answer.body());
            if (story.isOver()) {
                story.closed("answered");
            } else {
                pollForChanges(job, answer.headers().firstValue("ETag").orElseThrow(), story);
            }
        });
    }

    private void poll(
            URI uri, @Nullable String etag, Story story, Runnable again, Consumer<HttpResponse<String>> onState) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (etag != null) {
            request.header("If-None-Match", etag);
        }
        var unused = http.sendAsync(request.build(), BodyHandlers.ofString()).whenComplete((answer, failure) -> {
            if (closed) {
                return;
            }
            int status = answer == null ? 0 : answer.statusCode();
            switch (status) {
                case 200 -> onState.accept(answer);
                case 404, 410 -> {
                    story.gone(status);
                    story.closed("answered");
                }
                default -> {
                    story.note(failure == null ? Integer.toString(status) : failure.toString());
                    CompletableFuture.delayedExecutor(POLL_AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                            .execute(again);
                }
            }
        });
    }

    private void followEvents(String job, Story story) {
        HttpConnectStrategy patient =
                ConnectStrategy.http(gateway.http("/jobs/" + job + "/events")).readTimeout(1, TimeUnit.MINUTES);
        EventSource source = new EventSource.Builder(patient).build();
        open.add(source);
        threads.execute(() -> {
            try {
                source.start();
                while (true) {
                    MessageEvent event = source.readMessage();
                    story.event(event.getEventName(), event.getData());
                }
            } catch (StreamException end) {
                if (!closed) {
                    story.closed("the stream ended: " + end);
                }
            }
        });
    }

    private void followWebSocket(String job, Story story) throws InterruptedException {
        WebSocketClient client = new WebSocketClient(gateway.ws("/jobs/" + job)) {
            @Override
            public void onOpen(ServerHandshake handshake) {}

            /** The answer to a ping that was sent after the end shows that nothing follows. */
            @Override
            public void onMessage(String text) {
                if (text.startsWith("{\"event\":\"")) {
                    story.event(text.substring(10, text.indexOf('"', 10)), text);
                    if (story.isOver()) {
                        send("{\"ping\":1}");
                    }
                } else if (text.startsWith("{\"pong\"")) {
                    story.closed("pong");
                } else {
                    story.note(text);
                }
            }

            @Override
            public void onClose(int code, String reason, boolean remote) {
                if (!closed) {
                    story.closed("close " + code + " " + reason);
                }
            }

            @Override
            public void onError(Exception failure) {
                story.note(failure.toString());
            }
        };
        open.add(client::closeBlocking);
        client.connectBlocking(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        closed = true;
        for (AutoCloseable client : open) {
            client.close();
        }
        threads.shutdownNow();
    }
}
