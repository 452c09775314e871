package dev.ringback.protocol;

/**
 * Why the gateway ends a connection: a WebSocket close code (RFC 6455, section 7.4, and the IANA registry), and whether the
 * client should come back.
 */
public enum CloseReason {
    /** The client closed first. */
    NORMAL(1000, Retry.FINAL, "closed"),
    /** The connection reached {@code stream.max-age}. */
    MAX_AGE(1001, Retry.RETRYABLE, "max age"),
    PROTOCOL_ERROR(1002, Retry.FINAL, "protocol error"),
    /** A binary frame: Ringback speaks text. */
    UNSUPPORTED_DATA(1003, Retry.FINAL, "text frames only"),
    INVALID_UTF8(1007, Retry.FINAL, "invalid UTF-8"),
    /** More commands, or more bytes behind a parked request, than the limits allow. */
    FLOOD(1008, Retry.FINAL, "flood"),
    TOO_BIG(1009, Retry.FINAL, "message too big"),
    /** The gateway is being restarted. */
    DRAIN(1012, Retry.RETRYABLE, "restart"),
    OVERLOAD(1013, Retry.RETRYABLE, "overload"),
    /** The client did not read for {@code stream.stall-timeout}, or more than {@code stream.queued-bytes} waited for it. */
    SLOW_CONSUMER(1013, Retry.RETRYABLE, "slow consumer"),
    /** The store or the relay could not answer in time. */
    UNAVAILABLE(1013, Retry.RETRYABLE, "store unavailable"),
    /** The client answered no ping. */
    IDLE(4408, Retry.RETRYABLE, "no pong");

    /** Whether the same client may come back with the same request. */
    public enum Retry {
        RETRYABLE,
        FINAL
    }

    private final int code;
    private final Retry retry;
    private final String text;

    CloseReason(int code, Retry retry, String text) {
        this.code = code;
        this.retry = retry;
        this.text = text;
    }

    public int code() {
        return code;
    }

    public boolean isRetryable() {
        return retry == Retry.RETRYABLE;
    }

    /** At most 123 bytes of UTF-8, the room that a close frame has, with some to spare for a delay. */
    public String text() {
        return text;
    }
}
