package dev.ringback.loadtest.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One kept-alive connection that carries one request at a time and blocks for its answer: a thread that sends a request is not
 * woken through an event loop first. Opened by the first request, and by the first after a failure. For one thread.
 */
public final class HttpConnection implements Closeable {
    /** A whole answer. */
    public record Answer(int status, String body) {}

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_HEAD_BYTES = 16 * 1024;

    private final Target target;
    private final int timeoutMillis;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    public HttpConnection(Target target) {
        this(target, TIMEOUT);
    }

    /** Gives up connecting, and waiting for the next bytes of an answer, after so long. */
    public HttpConnection(Target target, Duration timeout) {
        this.target = target;
        this.timeoutMillis = Math.toIntExact(timeout.toMillis());
    }

    /**
     * Sends a request and waits for the answer.
     *
     * @param body JSON; empty for none
     */
    public Answer request(String method, String path, String body) throws IOException {
        byte[] content = body.getBytes(UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: " + target.authority() + "\r\n";
        String fields = content.length == 0
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n";
        try {
            connected().getOutputStream().write((head + fields + "\r\n" + body).getBytes(UTF_8));
            return answer();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Socket connected() throws IOException {
        Socket open = socket;
        if (open != null) {
            return open;
        }
        open = new Socket();
        socket = open;
        InetSocketAddress address = target.address();
        try {
            open.connect(address, timeoutMillis);
        } catch (IOException e) {
            throw new IOException("cannot connect to " + target + ": " + e.getMessage(), e);
        }
        open.setTcpNoDelay(true);
        open.setSoTimeout(timeoutMillis);
        in = new BufferedInputStream(open.getInputStream());
        return open;
    }

    private Answer answer() throws IOException {
        ResponseHead head = ResponseHead.parse(head());
        byte[] body = in.readNBytes(head.contentLength());
        if (head.closes()) {
            close();
        }
        return new Answer(head.status(), new String(body, UTF_8));
    }

    private String head() throws IOException {
        StringBuilder text = new StringBuilder(512);
        String end = new String(ResponseHead.END, ISO_8859_1);
        while (text.length() < end.length() || text.indexOf(end, text.length() - end.length()) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException(target + " closed the connection before its answer was complete");
            }
            if (text.length() == MAX_HEAD_BYTES) {
                throw new WireException("a response head of more than " + MAX_HEAD_BYTES + " bytes");
            }
            text.append((char) next);
        }
        return text.substring(0, text.length() - end.length());
    }

    @Override
    public void close() throws IOException {
        Socket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }
}
