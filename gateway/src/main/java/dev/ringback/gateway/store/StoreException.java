package dev.ringback.gateway.store;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The store could not answer. Without a stack trace: it is an answer, made often while Redis is away. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Named, because clients and operators are told. */
    public enum Kind {
        /** Not connected, or refused: nothing was written. */
        UNAVAILABLE,
        /** No answer within {@code store.timeout}: whether a change happened is not known. */
        TIMEOUT,
        /** Too many commands wait for Redis already: nothing was written. */
        OVERLOADED,
        /** No room for another job: nothing was written. */
        FULL,
        /** So many jobs of a type wait already that no more are taken: nothing was written. */
        QUEUE_FULL,
        /** The jobs that a job is to wait for can't be waited for: nothing was written. */
        AFTER_REFUSED,
        /** The stored record is not readable. */
        CORRUPT
    }

    private final Kind kind;
    private final String detail;

    public StoreException(Kind kind, String detail) {
        super(detail, null, false, false);
        this.kind = kind;
        this.detail = detail;
    }

    /** The store's exception out of whatever a stage wrapped it in; anything else is a bug, and passed on as one. */
    public static StoreException of(Throwable failure) {
        Throwable cause = causeOf(failure);
        if (cause instanceof StoreException named) {
            return named;
        }
        throw new IllegalStateException("a store failed without a name", cause);
    }

    /** What a stage has wrapped. */
    public static Throwable causeOf(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** What kind of failure a stage has wrapped; null where it is none of the store's. */
    public static @Nullable Kind kindOf(Throwable failure) {
        return causeOf(failure) instanceof StoreException named ? named.kind : null;
    }

    /** Whether it is known that nothing was written by what failed so. */
    public static boolean isUnwritten(Throwable failure) {
        Kind kind = kindOf(failure);
        return kind != null && kind != Kind.TIMEOUT && kind != Kind.CORRUPT;
    }

    /** What is the matter, in words for clients and operators; never holds a secret. */
    public String detail() {
        return detail;
    }

    public Kind kind() {
        return kind;
    }
}
