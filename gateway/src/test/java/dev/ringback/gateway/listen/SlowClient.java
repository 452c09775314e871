package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;

/** A client that says something at once and then one byte now and then, for as long as the server lets it. */
final class SlowClient implements AutoCloseable {
    private final String name;
    private final Socket socket;
    private final byte[] drip;
    private int sent;
    private volatile boolean closed;

    /**
     * Connects, and sends the opening.
     *
     * @param drip what is sent byte by byte afterwards, again and again; empty for a client that says nothing more
     */
    SlowClient(String name, URI server, String opening, String drip) throws IOException {
        this.name = name;
        this.drip = drip.getBytes(ISO_8859_1);
        socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(1);
        socket.getOutputStream().write(opening.getBytes(ISO_8859_1));
    }

    /** Sends the next byte, and looks whether the server has closed; what it answered is thrown away. */
    void tick() {
        try {
            if (drip.length > 0) {
                socket.getOutputStream().write(drip[sent++ % drip.length]);
            }
            closed = closed || socket.getInputStream().read(new byte[65_536]) < 0;
        } catch (SocketTimeoutException stillOpen) {
            // Nothing to read yet.
        } catch (IOException reset) {
            closed = true;
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
