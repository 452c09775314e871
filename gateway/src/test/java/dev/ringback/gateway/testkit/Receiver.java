package dev.ringback.gateway.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's server that is told of jobs: it notes down each request, and answers as it was told to, well or badly.
 *
 * <p>The answers {@linkplain #next given} are used one after another; then, and until there are any, the {@linkplain #otherwise usual
 * one}, which is 204.
 */
public final class Receiver implements AutoCloseable {
    /** What is done about a request; the connection stays open afterwards unless it was closed. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(Line line) throws IOException;
    }

    /**
     * A request as it came.
     *
     * @param connection which of the receiver's connections brought it, from 1
     * @param headers by name, in any case; of several with one name the last
     */
    public record Request(int connection, String method, String target, Map<String, String> headers, byte[] body) {
        public String text() {
            return new String(body, UTF_8);
        }

        public @Nullable String header(String name) {
            return headers.get(name);
        }
    }

    /** The connection that brought a request, to answer on. */
    public final class Line {
        private final Socket socket;
        private final Request request;

        private Line(Socket socket, Request request) {
            this.socket = socket;
            this.request = request;
        }

        public Request request() {
            return request;
        }

        /** The name that was asked for in the TLS handshake (RFC 6066); null for none. */
        public @Nullable String serverName() {
            if (!(socket instanceof SSLSocket tls)
                    || !(tls.getSession() instanceof ExtendedSSLSession session)
                    || session.getRequestedServerNames().isEmpty()) {
                return null;
            }
            return new String(session.getRequestedServerNames().get(0).getEncoded(), US_ASCII);
        }

        public void send(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }

        public void send(String text) throws IOException {
            send(text.getBytes(ISO_8859_1));
        }

        /** Waits so long, less where the receiver is closed meanwhile. */
        public void pause(Duration time) throws IOException {
            try {
                if (closed.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new IOException("the receiver was closed");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        /** Ends the connection properly. */
        public void close() throws IOException {
            socket.close();
        }

        /** Ends the connection with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    private static final int BACKLOG = 1_000;
    private static final Duration LONG = Duration.ofHours(1);

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool(Receiver::daemon);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Behaviour> script = new ConcurrentLinkedQueue<>();
    private volatile Behaviour usual = status(204);
    private final AtomicInteger accepted = new AtomicInteger();
    private final Collection<Socket> open = new ConcurrentLinkedQueue<>();
    private final String scheme;

    private Receiver(@Nullable SSLContext tls, int port) {
        scheme = tls == null ? "http" : "https";
        try {
            server = tls == null
                    ? new ServerSocket()
                    : tls.getServerSocketFactory().createServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** Listens on a free port of 127.0.0.1, without TLS. */
    public static Receiver start() {
        return new Receiver(null, 0);
    }

    /** Listens without TLS on this port of 127.0.0.1, as one that comes back does. */
    public static Receiver start(int port) {
        return new Receiver(null, port);
    }

    /** Listens on a free port of 127.0.0.1, with TLS. */
    public static Receiver start(SSLContext tls) {
        return new Receiver(tls, 0);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "receiver");
        thread.setDaemon(true);
        return thread;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Its URL with this path, by its address. */
    public String url(String path) {
        return url("127.0.0.1", path);
    }

    /** Its URL with this path, by a name. */
    public String url(String host, String path) {
        return scheme + "://" + host + ":" + port() + path;
    }

    /** Adds answers, each for one request, in this order. */
    public Receiver next(Behaviour... behaviours) {
        script.addAll(List.of(behaviours));
        return this;
    }

    /** Sets the answer for all requests for which there is no other. */
    public Receiver otherwise(Behaviour behaviour) {
        usual = behaviour;
        return this;
    }

    /** Those that came so far, in their order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** How many connections were made so far. */
    public int connections() {
        return accepted.get();
    }

    // ── behaviours ─────────────────────────────────────────────────────────────────────────────────────────────

    /** An answer without a body; headers are names and values in turn. */
    public static Behaviour status(int status, String... headers) {
        return answer(status, "", headers);
    }

    /** An answer with a body; headers are names and values in turn. */
    public static Behaviour answer(int status, String body, String... headers) {
        return line -> line.send(head(status, body.getBytes(UTF_8).length, headers) + latin(body));
    }

    /** These bytes, whatever they are. */
    public static Behaviour raw(String text) {
        return line -> line.send(text);
    }

    /** Waits, then does the other. */
    public static Behaviour after(Duration wait, Behaviour behaviour) {
        return line -> {
            line.pause(wait);
            behaviour.answer(line);
        };
    }

    /** One, then the other. */
    public static Behaviour both(Behaviour first, Behaviour second) {
        return line -> {
            first.answer(line);
            second.answer(line);
        };
    }

    /** Not a byte, and the connection stays open. */
    public static Behaviour never() {
        return line -> line.pause(LONG);
    }

    public static Behaviour hangUp() {
        return Line::close;
    }

    public static Behaviour reset() {
        return Line::reset;
    }

    /** Only the head of an answer whose body never comes. */
    public static Behaviour headOnly(int status) {
        return both(raw(head(status, 1_000)), never());
    }

    /** An answer with a body of so many bytes. */
    public static Behaviour large(int status, int bytes) {
        return both(raw(head(status, bytes)), line -> line.send(new byte[bytes]));
    }

    /** An answer whose body has no end. */
    public static Behaviour endless(int status) {
        return line -> {
            line.send("HTTP/1.1 " + status + " Endless\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true) {
                line.send("400\r\n" + "x".repeat(0x400) + "\r\n");
            }
        };
    }

    private static String head(int status, int length, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        if (status != 204) {
            head.append("Content-Length: ").append(length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private static String latin(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    // ── connections ────────────────────────────────────────────────────────────────────────────────────────────

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                begin(socket);
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void begin(Socket socket) throws IOException {
        int number = accepted.incrementAndGet();
        try {
            threads.execute(() -> serve(socket, number));
        } catch (RejectedExecutionException e) {
            // It came while the receiver was being closed.
            socket.close();
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Request request = read(in, number);
            while (request != null) {
                requests.add(request);
                Behaviour behaviour = script.poll();
                (behaviour == null ? usual : behaviour).answer(new Line(socket, request));
                request = read(in, number);
            }
        } catch (IOException e) {
            // The other side, or a behaviour, has ended it.
        } finally {
            open.remove(socket);
        }
    }

    private static @Nullable Request read(InputStream in, int connection) throws IOException {
        String start = readLine(in);
        if (start == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = readLine(in); line != null && !line.isEmpty(); line = readLine(in)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("no header: " + line);
            }
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        String[] parts = start.split(" ", 3);
        if (parts.length < 3) {
            throw new IOException("no request: " + start);
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
        return new Request(connection, parts[0], parts[1], headers, body);
    }

    /** Without its end; null where there is none. */
    private static @Nullable String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString(ISO_8859_1).stripTrailing();
            }
            line.write(b);
        }
        return null;
    }

    /** Ends all its connections, as a server does that is stopped. */
    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
            // From here on no connection is begun, so that those that are open now are all.
            threads.shutdownNow();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
