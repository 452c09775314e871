package dev.ringback.loadtest.publish;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One kept-alive connection with many requests under way; what is not yet answered is bounded. For one thread. */
final class Link implements Closeable {
    /** A request under way. */
    record Sent(int job, long version, boolean creates, boolean ends, int bytes) {}

    /** Hears answers, in the order of the requests. */
    @FunctionalInterface
    interface Listener {
        void answered(Sent request, Codec.Answer answer);
    }

    /** A gateway holds 4 KiB behind a request that it is at, and closes the connection at more. */
    static final int MOST_UNANSWERED_BYTES = 3_500;

    private static final int MOST_ANSWER_BYTES = 1024 * 1024;
    private static final int READ_BYTES = 64 * 1024;

    private final SocketChannel socket;
    private final Codec codec;
    private final Deque<Sent> sent = new ArrayDeque<>();
    private final Codec.Answer answer = new Codec.Answer();
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private byte[] rest = new byte[0];
    private @Nullable ByteBuffer unwritten;
    private int unansweredBytes;

    Link(InetSocketAddress address, Codec codec) throws IOException {
        this.codec = codec;
        try {
            socket = SocketChannel.open(address);
        } catch (IOException e) {
            throw new IOException("cannot connect to " + address + ": " + e.getMessage(), e);
        }
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.configureBlocking(false);
        byte[] greeting = codec.greeting();
        if (greeting.length > 0) {
            send(greeting, new Sent(-1, 0, true, false, 0));
        }
    }

    boolean hasRoom(int bytes) {
        return unwritten == null && (sent.isEmpty() || unansweredBytes + bytes <= MOST_UNANSWERED_BYTES);
    }

    int underWay() {
        return sent.size();
    }

    void send(byte[] request, Sent as) throws IOException {
        gather(request, as);
        flush();
    }

    /** Takes a request that leaves with the next {@link #flush}, in one write with those before it. */
    void gather(byte[] request, Sent as) {
        gathered.writeBytes(request);
        sent.add(as);
        unansweredBytes += as.bytes();
    }

    void flush() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(gathered.toByteArray());
        gathered.reset();
        if (unwritten != null) {
            bytes = ByteBuffer.allocate(unwritten.remaining() + bytes.remaining())
                    .put(unwritten)
                    .put(bytes)
                    .flip();
        }
        socket.write(bytes);
        unwritten = bytes.hasRemaining() ? bytes : null;
    }

    /** Writes what is left to write, and reads what has come. */
    void work(Listener listener) throws IOException {
        if (unwritten != null) {
            socket.write(unwritten);
            unwritten = unwritten.hasRemaining() ? unwritten : null;
        }
        if (sent.isEmpty()) {
            return;
        }
        in.clear();
        int read = socket.read(in);
        if (read < 0) {
            throw new EOFException("the server closed a connection with " + sent.size() + " requests under way");
        }
        if (read > 0) {
            byte[] bytes = Arrays.copyOf(rest, rest.length + read);
            in.flip().get(bytes, rest.length, read);
            int used = answers(bytes, listener);
            rest = Arrays.copyOfRange(bytes, used, bytes.length);
            if (rest.length > MOST_ANSWER_BYTES) {
                throw new IOException("an answer of more than " + MOST_ANSWER_BYTES + " bytes");
            }
        }
    }

    private int answers(byte[] bytes, Listener listener) throws IOException {
        int at = 0;
        int end = codec.answer(bytes, at, bytes.length, answer);
        while (end >= 0 && at < bytes.length) {
            Sent request = sent.poll();
            if (request == null) {
                throw new IOException("an answer to no request");
            }
            unansweredBytes -= request.bytes();
            listener.answered(request, answer);
            at = end;
            end = at < bytes.length ? codec.answer(bytes, at, bytes.length, answer) : Codec.NEEDS_MORE;
        }
        return at;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
