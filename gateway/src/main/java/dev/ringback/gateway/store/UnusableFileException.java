package dev.ringback.gateway.store;

/** The file of the file store can't be used; the message says which file, and why, in one line for the operator. */
public final class UnusableFileException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableFileException(String message) {
        super(message);
    }

    UnusableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
