package dev.ringback.loadtest.latency;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * When events are due: evenly spaced from the start, whatever became of the ones before. A generator that falls behind has its
 * delay counted as latency and never stretches the schedule (an open loop).
 *
 * @param startNanos the first event's time, by {@link System#nanoTime()}
 */
public record Schedule(long startNanos, int perSecond) {
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();
    /** A parked thread wakes up to 50 µs late by Linux's default timer slack; the rest of the time is spun away. */
    private static final long SPIN_NANOS = 80_000;

    public Schedule {
        if (perSecond < 1) {
            throw new IllegalArgumentException("a rate of " + perSecond + " per second");
        }
    }

    public long dueNanos(int index) {
        long whole = index / perSecond;
        long rest = index % perSecond;
        return startNanos + whole * SECOND_NANOS + rest * SECOND_NANOS / perSecond;
    }

    /** Returns when the event is due, or at once if that has passed. */
    public void awaitDue(int index) throws InterruptedException {
        long due = dueNanos(index);
        long left = due - System.nanoTime();
        while (left > 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted before event " + index);
            }
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
            left = due - System.nanoTime();
        }
    }
}
