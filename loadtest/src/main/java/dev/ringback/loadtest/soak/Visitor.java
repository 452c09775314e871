package dev.ringback.loadtest.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.loadtest.client.HttpConnection;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.client.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.util.SplittableRandom;

/** One who comes and goes again and again, behaves as badly as clients do, and ends every job that it made. For one thread. */
final class Visitor implements Closeable {
    private static final int MASKED = 0x80;
    private static final int FINAL_TEXT = 0x81;
    private static final int SHORT = 125;

    final Target target;
    final SplittableRandom random;
    /** Moves jobs as a worker does. */
    private final HttpConnection worker;

    private final String name;
    private int jobs;

    /** @param name tells its jobs from those of others */
    Visitor(Target target, String name, long seed) {
        this.target = target;
        this.name = name;
        this.random = new SplittableRandom(seed);
        worker = new HttpConnection(target);
    }

    // ── as a worker ────────────────────────────────────────────────────────────────────────────────────────────

    String newName() {
        return "soak-" + name + "-" + jobs++;
    }

    String newJob() throws IOException {
        String job = newName();
        require(202, "PUT", "/jobs/" + job, "{\"type\":\"soak\"}");
        return job;
    }

    /** @param bytes how long the progress' own text is */
    void progress(String job, int bytes) throws IOException {
        require(
                200,
                "POST",
                "/jobs/" + job + "/events",
                "{\"status\":\"processing\",\"progress\":{\"current\":1," + "\"total\":2,\"message\":\""
                        + "x".repeat(bytes) + "\"}}");
    }

    void end(String job) throws IOException {
        require(200, "POST", "/jobs/" + job + "/events", "{\"status\":\"completed\",\"result\":{\"done\":true}}");
    }

    void cancel(String job) throws IOException {
        require(200, "DELETE", "/jobs/" + job, "");
    }

    /** Asks, and insists on that answer. */
    String require(int status, String method, String path, String body) throws IOException {
        HttpConnection.Answer answer = worker.request(method, path, body);
        if (answer.status() != status) {
            throw new WireException(
                    method + " was answered " + answer.status() + ", not " + status + ": " + answer.body());
        }
        return answer.body();
    }

    // ── as a client ────────────────────────────────────────────────────────────────────────────────────────────

    RawSocket connect() throws IOException {
        return new RawSocket(target);
    }

    /** @param fields each with its line's end */
    RawSocket get(String path, String fields) throws IOException {
        return connect().send(head("GET", path, fields));
    }

    String head(String method, String path, String fields) {
        return method + " " + path + " HTTP/1.1\r\nHost: " + target.authority() + "\r\n" + fields + "\r\n";
    }

    RawSocket stream(String path, String fields) throws IOException {
        return get(path, "Accept: text/event-stream\r\n" + fields);
    }

    RawSocket webSocket(String path) throws IOException {
        RawSocket socket = get(
                path,
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        socket.readUntil("101 ");
        return socket;
    }

    /** A masked text of at most 125 bytes; the mask of zeros leaves it as it is. */
    static byte[] frame(String text) {
        return frame(FINAL_TEXT, text);
    }

    static byte[] frame(int kind, String text) {
        byte[] content = text.getBytes(ISO_8859_1);
        if (content.length > SHORT) {
            throw new IllegalArgumentException("more than " + SHORT + " bytes: " + text);
        }
        byte[] frame = new byte[6 + content.length];
        frame[0] = (byte) kind;
        frame[1] = (byte) (MASKED | content.length);
        System.arraycopy(content, 0, frame, 6, content.length);
        return frame;
    }

    /** Leaves in one of the ways there are. */
    void leave(RawSocket socket) throws IOException {
        if (random.nextBoolean()) {
            socket.reset();
        } else {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        worker.close();
    }
}
