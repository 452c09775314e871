package dev.ringback.gateway.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;

/** For what holds sockets. */
public final class Sockets {
    private Sockets() {}

    /** Closes a socket of any kind. It is not expected to fail. */
    public static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
