package dev.ringback.loadtest.client;

import java.io.IOException;

/** The gateway said something that the protocol does not let it say here; the message tells what. */
public final class WireException extends IOException {
    private static final long serialVersionUID = 1;

    public WireException(String message) {
        super(message);
    }
}
