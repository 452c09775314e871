package dev.ringback.gateway.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one line through in a while, so that what others send can't fill the log. Any thread. */
public final class LogLimit {
    private final long intervalNanos;
    private final AtomicLong nextNanos;
    private final AtomicInteger suppressed = new AtomicInteger();

    public LogLimit(long nowNanos, long intervalSeconds) {
        this.intervalNanos = TimeUnit.SECONDS.toNanos(intervalSeconds);
        this.nextNanos = new AtomicLong(nowNanos);
    }

    /** Whether the line may be written now; otherwise it is counted. */
    public boolean permits(long nowNanos) {
        long next = nextNanos.get();
        if (nowNanos - next >= 0 && nextNanos.compareAndSet(next, nowNanos + intervalNanos)) {
            return true;
        }
        suppressed.incrementAndGet();
        return false;
    }

    /** How many lines were not written since this was last asked. */
    public int suppressed() {
        return suppressed.getAndSet(0);
    }
}
