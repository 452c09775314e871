package dev.ringback.gateway.config;

/** A value that its key does not allow. The message says what is wrong and what is allowed, never the value itself. */
final class InvalidValueException extends Exception {

    private static final long serialVersionUID = 1L;

    InvalidValueException(String message) {
        super(message);
    }
}
