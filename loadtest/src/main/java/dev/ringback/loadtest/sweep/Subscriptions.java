package dev.ringback.loadtest.sweep;

import dev.ringback.loadtest.client.LoadJobs;
import dev.ringback.loadtest.client.Target;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** WebSockets that each follow many jobs, and care for nothing that they are told. */
final class Subscriptions implements Closeable {
    /** So that a command stays below the usual {@code websocket.frame-bytes}. */
    private static final int JOBS_PER_COMMAND = 500;

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI uri;
    private final List<WebSocket> open = new ArrayList<>();

    Subscriptions(Target target) {
        uri = URI.create("ws://" + target.authority() + "/ws");
    }

    /** Follows the jobs of these numbers on one connection more. */
    void follow(LoadJobs jobs, int from, int to) throws IOException {
        try {
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(uri, new WebSocket.Listener() {})
                    .join();
            open.add(socket);
            for (int start = from; start < to; start += JOBS_PER_COMMAND) {
                String ids = IntStream.range(start, Math.min(to, start + JOBS_PER_COMMAND))
                        .mapToObj(index -> "\"" + jobs.id(index) + "\"")
                        .collect(Collectors.joining(","));
                socket.sendText("{\"subscribe\":[" + ids + "]}", true).join();
            }
        } catch (CompletionException e) {
            throw new IOException("cannot follow jobs at " + uri + ": " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        open.forEach(WebSocket::abort);
    }
}
