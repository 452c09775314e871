package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;

/** One connection to a gateway, written by hand: for bytes that no HTTP client sends. A read that takes 5 s fails the test. */
final class RawConnection implements AutoCloseable {
    private static final int READ_MILLIS = 5_000;
    private static final int MAX_HEAD = 16_384;

    private final Socket socket;
    private final InputStream in;

    RawConnection(TestGateway gateway) {
        this(gateway.address().getPort());
    }

    /** To this port of the loopback interface. */
    RawConnection(int port) {
        try {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(READ_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A request's head with a Host, and no body. */
    static String request(String method, String target, String... headerLines) {
        StringBuilder head =
                new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
        for (String line : headerLines) {
            head.append(line).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** A request with a body, each char of which is a byte. */
    static String withBody(String method, String target, String body, String... headerLines) {
        String[] lines = java.util.Arrays.copyOf(headerLines, headerLines.length + 1);
        lines[headerLines.length] = "Content-Length: " + body.length();
        return request(method, target, lines) + body;
    }

    /** Sends the text, each char as a byte. */
    RawConnection send(String bytes) {
        return send(bytes.getBytes(ISO_8859_1));
    }

    RawConnection send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the text one byte at a time, each in a packet of its own. */
    RawConnection drip(String bytes) {
        try {
            socket.setTcpNoDelay(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (byte b : bytes.getBytes(ISO_8859_1)) {
            send(new byte[] {b});
        }
        return this;
    }

    /** Says that nothing follows. */
    void finish() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Answer exchange(String request) {
        return send(request).answer(request.startsWith("HEAD "));
    }

    Answer answer() {
        return answer(false);
    }

    /** The next answer; one without a length goes on to the end of the connection. */
    Answer answer(boolean headOnly) {
        try {
            String head = head();
            Answer answer = Answer.of(head, new byte[0]);
            boolean bodiless = headOnly || answer.status() < 200 || answer.status() == 204 || answer.status() == 304;
            if (bodiless) {
                return answer;
            }
            String length = answer.header("Content-Length");
            byte[] body = length.isEmpty() ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
            assertThat(length).as("the length of what came").isIn("", String.valueOf(body.length));
            return Answer.of(head, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int c = in.read();
            assertThat(c).as("the connection ended after: %s", head).isNotNegative();
            assertThat(head).hasSizeLessThan(MAX_HEAD);
            head.append((char) c);
        }
        return head.substring(0, head.length() - 4);
    }

    /** Exactly so many bytes. */
    byte[] read(int count) {
        try {
            byte[] bytes = in.readNBytes(count);
            assertThat(bytes).as("bytes before the end").hasSize(count);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever comes until the other side ends or resets the connection. */
    String rest() {
        StringBuilder rest = new StringBuilder();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                rest.append((char) c);
            }
        } catch (SocketException reset) {
            return rest.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rest.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
