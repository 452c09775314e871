package dev.ringback.gateway;

/** The gateway can't start; the message is one line for the operator. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    public StartException(String message) {
        super(message, null, false, false);
    }
}
