package dev.ringback.loadtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that says what a test lets it say. Whatever should come and does not is a time-out. */
public final class FakeGateway implements Closeable {
    private static final int TIMEOUT_MILLIS = 5_000;

    private final ServerSocket server;
    private final List<Connection> connections = new ArrayList<>();

    public FakeGateway() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        server.setSoTimeout(TIMEOUT_MILLIS);
    }

    public Target target() {
        return new Target("127.0.0.1", server.getLocalPort());
    }

    /** Waits for the next connection. */
    public Connection accept() throws IOException {
        Connection connection = new Connection(server.accept());
        connections.add(connection);
        return connection;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Connection connection : connections) {
            connection.close();
        }
    }

    /** One connection that a client made. */
    public static final class Connection implements Closeable {
        private static final Pattern LENGTH = Pattern.compile("Content-Length: ([0-9]+)");

        private final Socket socket;
        private final InputStream in;
        private int bodyBytes;

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = socket.getInputStream();
        }

        /** Reads a request's head, with the empty line behind it. */
        public String request() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) read());
            }
            Matcher length = LENGTH.matcher(head);
            bodyBytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
            return head.toString();
        }

        /** Reads the body of the request whose head was read. */
        public String body() throws IOException {
            return read(bodyBytes);
        }

        int read() throws IOException {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client closed");
            }
            return next;
        }

        String read(int bytes) throws IOException {
            return new String(in.readNBytes(bytes), UTF_8);
        }

        public Connection send(String text) throws IOException {
            return send(text.getBytes(UTF_8));
        }

        public Connection send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            return this;
        }

        /** Breaks the connection off, as a killed process does. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
