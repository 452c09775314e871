package dev.ringback.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamException;
import dev.ringback.gateway.DemoPageIT.Browser;
import dev.ringback.gateway.testkit.NodeProject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An EventSource that others wrote, following one stream by itself, reconnects included. */
interface SseClient extends AutoCloseable {
    /**
     * An event as the client's own code was told it.
     *
     * @param document the data, parsed
     */
    record Heard(String name, String id, JsonNode document) {
        static Heard of(String name, String id, String data) {
            try {
                return new Heard(name, id, JSON.readTree(data));
            } catch (IOException e) {
                throw new UncheckedIOException(data, e);
            }
        }
    }

    ObjectMapper JSON = new ObjectMapper();

    /** Everything heard so far, in order. */
    List<Heard> heard() throws Exception;

    /** Whether it has given up for good. */
    boolean hasStopped() throws Exception;

    @Override
    void close() throws Exception;

    /** The EventSource of Chromium, in a page of the same origin. */
    final class OfChromium implements SseClient {
        private final Browser browser;

        OfChromium(Browser browser, URI stream) throws Exception {
            this.browser = browser;
            browser.open(stream.resolve("/"));
            browser.script("window.heard = []; window.source = new EventSource('" + stream + "');"
                    + "for (const name of ['status', 'progress', 'complete', 'reset', 'gone', 'message'])"
                    + " source.addEventListener(name, event =>"
                    + " heard.push({name: event.type, id: event.lastEventId, data: event.data}))");
        }

        @Override
        public List<Heard> heard() throws Exception {
            List<Heard> heard = new ArrayList<>();
            browser.script("return window.heard").forEach(event -> heard.add(read(event)));
            return heard;
        }

        @Override
        public boolean hasStopped() throws Exception {
            return browser.script("return window.source.readyState").intValue() == 2;
        }

        @Override
        public void close() throws Exception {
            browser.script("window.source.close()");
        }
    }

    /** The package {@code eventsource} of npm. */
    final class OfNode implements SseClient {
        private final Process process;
        private final List<Heard> heard = new CopyOnWriteArrayList<>();
        private volatile boolean stopped;

        OfNode(NodeProject project, URI stream) throws IOException {
            process = project.start("node", "follow.mjs", stream.toString());
            new Thread(this::listen).start();
        }

        private void listen() {
            try (BufferedReader lines = process.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    JsonNode event = JSON.readTree(line);
                    if (event.has("stopped")) {
                        stopped = true;
                    } else {
                        heard.add(read(event));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public List<Heard> heard() {
            return heard;
        }

        @Override
        public boolean hasStopped() {
            return stopped;
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    /** okhttp-eventsource. It takes 204 for an empty stream and would come back, so that its user has to stop it after the end. */
    final class OfOkHttp implements SseClient {
        private final EventSource source;
        private final List<Heard> heard = new CopyOnWriteArrayList<>();
        private volatile boolean stopped;

        OfOkHttp(URI stream) {
            source = new EventSource.Builder(stream)
                    .errorStrategy(ErrorStrategy.alwaysContinue())
                    .retryDelay(50, TimeUnit.MILLISECONDS)
                    .build();
            new Thread(this::listen).start();
        }

        private void listen() {
            try {
                while (heard.isEmpty() || !heard.get(heard.size() - 1).name().equals("complete")) {
                    MessageEvent event = source.readMessage();
                    heard.add(Heard.of(event.getEventName(), event.getLastEventId(), event.getData()));
                }
                stopped = true;
            } catch (StreamException closed) {
                // The test has ended.
            }
        }

        @Override
        public List<Heard> heard() {
            return heard;
        }

        @Override
        public boolean hasStopped() {
            return stopped;
        }

        @Override
        public void close() {
            source.close();
        }
    }

    private static Heard read(JsonNode event) {
        return Heard.of(
                event.path("name").textValue(),
                event.path("id").textValue(),
                event.path("data").textValue());
    }
}
