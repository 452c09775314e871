package dev.ringback.gateway.stream;

import java.util.concurrent.TimeUnit;

/** Counts one client's commands in windows of a second. Confined to the connection's loop. */
final class CommandRate {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int perSecond;
    private long windowStartNanos;
    private int inWindow;

    CommandRate(int perSecond) {
        this.perSecond = perSecond;
    }

    /** Counts a command; false where it is one too many. */
    boolean allows(long nowNanos) {
        if (inWindow == 0 || nowNanos - windowStartNanos > SECOND_NANOS) {
            windowStartNanos = nowNanos;
            inWindow = 0;
        }
        inWindow++;
        return inWindow <= perSecond;
    }
}
