package dev.ringback.gateway.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisURI;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.stream.Collectors;

/**
 * Where Redis is, in words for the operator, and why it cannot be reached: never with a user name or password.
 *
 * @param uri what Lettuce connects to
 * @param what is there: Redis, or a Sentinel
 */
record RedisAddress(RedisURI uri, String what) {
    private static final int MAX_REASON_CHARACTERS = 200;

    RedisAddress(RedisURI uri) {
        this(uri, "Redis");
    }

    /** {@code Redis at host:port}, or how else it is found. */
    @Override
    public String toString() {
        if (uri.getSocket() != null) {
            return what + " at " + uri.getSocket();
        }
        if (uri.getSentinels().isEmpty()) {
            return what + " at " + hostAndPort(uri);
        }
        String sentinels =
                uri.getSentinels().stream().map(RedisAddress::hostAndPort).collect(Collectors.joining(", "));
        return what + " \"" + uri.getSentinelMasterId() + "\" through the sentinels " + sentinels;
    }

    /** One line for a connection that could not be made. */
    String unreachable(Throwable failure) {
        return "cannot reach " + this + ": " + reason(rootOf(failure));
    }

    private String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (isTimeout(cause)) {
            return "no answer within " + uri.getTimeout().toMillis() + " ms";
        }
        if (cause instanceof ConnectException && message.contains("refused")) {
            return "connection refused";
        }
        if (cause instanceof UnknownHostException) {
            return "unknown host";
        }
        boolean inWords = cause instanceof RedisCommandExecutionException || cause instanceof RedisFailure;
        String told = inWords ? message : cause.getClass().getSimpleName() + ": " + message;
        String line = told.replaceAll("\\p{Cntrl}", " ");
        return line.length() > MAX_REASON_CHARACTERS ? line.substring(0, MAX_REASON_CHARACTERS) + "…" : line;
    }

    /** A channel that is closed before it is connected was given up by Lettuce's timer. */
    private static boolean isTimeout(Throwable cause) {
        return cause instanceof ConnectTimeoutException
                || cause instanceof RedisCommandTimeoutException
                || cause instanceof ClosedChannelException;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    private static String hostAndPort(RedisURI uri) {
        return uri.getHost() + ":" + uri.getPort();
    }
}
