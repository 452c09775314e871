package dev.ringback.gateway.redis;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the last answers say of a connected Redis: whether it answers at all, and whether it does what it is there for. Written on
 * the loop, read by anyone.
 */
final class Health {
    /** Without traffic nothing can show that a trouble has passed, so it counts only for so long. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Errors that speak of the server and not of one command: the words that they begin with. */
    private static final Set<String> OF_THE_SERVER = Set.of(
            "LOADING",
            "MASTERDOWN",
            "CLUSTERDOWN",
            "BUSY",
            "NOAUTH",
            "NOPERM",
            "WRONGPASS",
            "READONLY",
            "OOM",
            "MISCONF",
            "NOREPLICAS");

    /**
     * @param ofWrites whether only a change that goes well shows that it has passed
     */
    private record Trouble(String words, long sinceNanos, boolean ofWrites) {}

    private final RedisAddress address;
    private final Duration callTimeout;
    /** Whether a call on the present connection got no answer, and none was answered since. */
    private boolean silent;

    private long silentSinceNanos;
    private long lastReplyNanos = Long.MIN_VALUE;
    private volatile @Nullable Trouble trouble;

    Health(RedisAddress address, Duration callTimeout) {
        this.address = address;
        this.callTimeout = callTimeout;
    }

    /** In words; null while there is none. */
    @Nullable String trouble(long nowNanos) {
        Trouble present = trouble;
        return present == null || nowNanos - present.sinceNanos > FRESH_NANOS ? null : present.words;
    }

    void onConnected() {
        trouble = null;
        silent = false;
    }

    /** How long the first of the calls that got no answer has waited, where none has been answered since; else 0. */
    long silentNanos(long nowNanos) {
        return silent ? nowNanos - silentSinceNanos : 0;
    }

    void onReply(long nowNanos, boolean write) {
        answered(nowNanos);
        Trouble present = trouble;
        if (present != null && (write || !present.ofWrites)) {
            trouble = null;
        }
    }

    void onFailure(long nowNanos, RedisFailure failure, boolean write) {
        if (failure.kind() != RedisFailure.Kind.REFUSED) {
            return;
        }
        answered(nowNanos);
        if (OF_THE_SERVER.contains(failure.code())) {
            trouble = new Trouble(address + " refuses: " + failure.getMessage(), nowNanos, write);
        }
    }

    private void answered(long nowNanos) {
        lastReplyNanos = nowNanos;
        silent = false;
    }

    /** A call that began then has not been answered; other calls may have been. */
    void onSilence(long nowNanos, long beganNanos) {
        if (lastReplyNanos == Long.MIN_VALUE || lastReplyNanos - beganNanos < 0) {
            silentSinceNanos = silent ? silentSinceNanos : beganNanos;
            silent = true;
            trouble =
                    new Trouble(address + " does not answer within " + callTimeout.toMillis() + " ms", nowNanos, false);
        }
    }
}
