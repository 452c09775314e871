package dev.ringback.gateway.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Redis did not do what it was asked. Without a stack trace: it is an answer, made often while Redis is away. */
public final class RedisFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** Redis 6 wraps what fails inside a script: the code stands behind a dash. */
    private static final Pattern CODE_IN_SCRIPT = Pattern.compile("^ERR Error running script.* -?([A-Z]{3,}) ");

    private static final Pattern CODE = Pattern.compile("^([A-Z]{3,})( |$)");

    /** What went wrong, by what is known of the command's fate. */
    public enum Kind {
        /** No connection: it was not sent. */
        NOT_CONNECTED,
        /** Too much waits for Redis already: it was not sent. */
        OVERLOADED,
        /** The connection broke before the answer: it may have been done. */
        LOST,
        /** No answer within the deadline: it may have been done. */
        TIMEOUT,
        /** Redis answered with an error. */
        REFUSED
    }

    private final Kind kind;
    private final String code;

    private RedisFailure(Kind kind, String code, String message) {
        super(message, null, false, false);
        this.kind = kind;
        this.code = code;
    }

    static RedisFailure of(Kind kind, String message) {
        return new RedisFailure(kind, "", message);
    }

    /** What Lettuce completed a command with that had been handed to it. */
    static RedisFailure ofCommand(Throwable failure) {
        Throwable cause = causeOf(failure);
        if (cause instanceof RedisFailure known) {
            return known;
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof RedisCommandExecutionException) {
            return new RedisFailure(Kind.REFUSED, codeOf(message), message);
        }
        return new RedisFailure(Kind.LOST, "", message);
    }

    /** The failure itself, without what futures wrap around it on its way. */
    public static Throwable causeOf(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    public Kind kind() {
        return kind;
    }

    /** The first word of Redis's error, such as {@code OOM}; empty where Redis gave none. */
    public String code() {
        return code;
    }

    private static String codeOf(String message) {
        Matcher inScript = CODE_IN_SCRIPT.matcher(message);
        if (inScript.find()) {
            return inScript.group(1);
        }
        Matcher plain = CODE.matcher(message);
        return plain.find() ? plain.group(1) : "";
    }
}
