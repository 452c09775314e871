package dev.ringback.gateway.redis;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Delays between attempts: each twice the one before up to a ceiling, then cut at random to between half and all of it. */
public final class Backoff {
    private static final int MAX_DOUBLINGS = 30;

    private final RandomGenerator random;
    private final long floorNanos;
    private final long ceilingNanos;
    private int attempts;

    public Backoff(RandomGenerator random, long floorMillis, long ceilingMillis) {
        this.random = random;
        this.floorNanos = TimeUnit.MILLISECONDS.toNanos(floorMillis);
        this.ceilingNanos = TimeUnit.MILLISECONDS.toNanos(ceilingMillis);
    }

    /** How long to wait before the next attempt, in nanoseconds. */
    public long nextNanos() {
        long whole = Math.min(ceilingNanos, floorNanos << Math.min(attempts, MAX_DOUBLINGS));
        attempts++;
        return whole / 2 + (long) (whole / 2 * random.nextDouble());
    }

    /** How many delays were given since the last reset. */
    public int attempts() {
        return attempts;
    }

    /** An attempt went well: begin again with short delays. */
    public void reset() {
        attempts = 0;
    }
}
