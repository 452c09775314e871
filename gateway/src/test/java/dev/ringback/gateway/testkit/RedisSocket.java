package dev.ringback.gateway.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Redis client of the simplest kind, blocking, one command at a time: what a worker in any language does. It shares no code with
 * what is tested.
 */
public final class RedisSocket implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 5_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    public RedisSocket(int port) throws IOException {
        this(InetAddress.getLoopbackAddress().getHostAddress(), port);
    }

    public RedisSocket(String host, int port) throws IOException {
        socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = new BufferedOutputStream(socket.getOutputStream());
    }

    /** Sends a command of texts. */
    public @Nullable Object call(String... command) throws IOException {
        byte[][] bytes = new byte[command.length][];
        for (int i = 0; i < command.length; i++) {
            bytes[i] = command[i].getBytes(UTF_8);
        }
        return call(bytes);
    }

    /** Sends a command and reads its answer: a text, a number, null, a list of them, or a {@link RedisReplyError}. */
    public @Nullable Object call(byte[]... command) throws IOException {
        send(command);
        return read();
    }

    /** Sends a command without waiting for its answer. */
    public void send(byte[]... command) throws IOException {
        out.write(("*" + command.length + "\r\n").getBytes(UTF_8));
        for (byte[] argument : command) {
            out.write(("$" + argument.length + "\r\n").getBytes(UTF_8));
            out.write(argument);
            out.write("\r\n".getBytes(UTF_8));
        }
        out.flush();
    }

    /** Reads one answer, or one message of a subscription. */
    public @Nullable Object read() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest;
            case '-' -> new RedisReplyError(rest);
            case ':' -> Long.valueOf(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> list(Integer.parseInt(rest));
            default -> throw new IOException("not a Redis answer: " + line);
        };
    }

    /** How long a read waits for an answer; 0 for ever. */
    public void setTimeoutMillis(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    private @Nullable String bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("Redis closed the connection");
        }
        return new String(bytes, 0, length, UTF_8);
    }

    private @Nullable List<@Nullable Object> list(int size) throws IOException {
        if (size < 0) {
            return null;
        }
        List<@Nullable Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(read());
        }
        return list;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("Redis closed the connection");
            }
            line.append((char) b);
        }
        return line.substring(0, line.length() - 1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** What Redis answers to a command that it refuses. */
    public record RedisReplyError(String message) {}
}
