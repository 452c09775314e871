package dev.ringback.loadtest.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.client.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A connection that says what it likes, hears as much as it likes, and leaves as it likes. For one thread. */
final class RawSocket implements Closeable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int MOST_HEARD = 1024 * 1024;

    private final Socket socket = new Socket();
    private final byte[] piece = new byte[4096];
    private final StringBuilder heard = new StringBuilder();

    RawSocket(Target target) throws IOException {
        this(target, 0);
    }

    /** @param receiveBytes how much may arrive unread, about; 0 for what the kernel finds good */
    RawSocket(Target target, int receiveBytes) throws IOException {
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(target.address(), TIMEOUT_MILLIS);
    }

    RawSocket send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    RawSocket send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Reads until one of the words has come, and returns all up to its end; what came behind it is for the next reading. */
    String readUntil(String... words) throws IOException {
        int end = endOfOne(words);
        while (end < 0) {
            int read = readPiece();
            if (read < 0 || heard.length() > MOST_HEARD) {
                throw new WireException("\"" + String.join("\" or \"", words) + "\" did not come, but: "
                        + heard.substring(0, Math.min(heard.length(), 200)));
            }
            heard.append(new String(piece, 0, read, ISO_8859_1));
            end = endOfOne(words);
        }
        String until = heard.substring(0, end);
        heard.delete(0, end);
        return until;
    }

    /** -1 where none has come; else behind the first one. */
    private int endOfOne(String... words) {
        int first = Integer.MAX_VALUE;
        for (String word : words) {
            int start = heard.indexOf(word);
            first = start < 0 ? first : Math.min(first, start + word.length());
        }
        return first == Integer.MAX_VALUE ? -1 : first;
    }

    /** Reads until the server ends the connection, in whatever way. */
    void readToEnd() throws IOException {
        try {
            while (readPiece() >= 0) {
                continue;
            }
        } catch (SocketTimeoutException e) {
            throw new WireException("the server did not end the connection");
        } catch (IOException e) {
            // A reset is an end too.
        }
    }

    private int readPiece() throws IOException {
        return socket.getInputStream().read(piece);
    }

    /** Leaves without goodbye: the server sees a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
